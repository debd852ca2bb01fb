"""What every rung of `selective_state_update` asks of its arguments, brought to one form with heads."""

import torch

from coursekit.ssm.checks import check_finite


def check_inputs(state, x, dt, A, B, C, D, z, dt_bias):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.ssm.selective_state_update`.
    Raises: ValueError.
    """
    if state.dim() not in (3, 4) or 0 in state.shape:
        raise ValueError(
            "state: expected (batch, channels, states) or (batch, heads, head size, states), none of them 0, "
            f"got {tuple(state.shape)}"
        )
    if state.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"state: expected float32 or float64, got {state.dtype}")
    batch, *channels, states = state.shape
    heads = tuple(channels[:1]) if len(channels) == 2 else ()  # one number a head: only where there are heads
    channels = tuple(channels)
    per_head = [heads] if heads else []
    _expect("x", x, state, (batch, *channels))
    _expect("dt", dt, state, (batch, *channels), *((batch, *shape) for shape in per_head))
    _expect("A", A, state, (*channels, states), *per_head)
    _expect("D", D, state, channels, *per_head)
    _expect("z", z, state, (batch, *channels))
    _expect("dt_bias", dt_bias, state, channels, *per_head)
    if heads:
        if B.dim() != 3 or B.shape[1] == 0 or heads[0] % B.shape[1]:
            raise ValueError(
                f"B: expected ({batch}, G, {states}) with G a divisor of {heads[0]} heads, got {tuple(B.shape)}"
            )
        _expect("B", B, state, (batch, B.shape[1], states))
        _expect("C", C, state, (batch, B.shape[1], states))
    else:
        _expect("B", B, state, (batch, states))
        _expect("C", C, state, (batch, states))


def check_steps(dt, dt_bias=None):
    """Raise a ValueError if a step is not finite: one would make every later output NaN.

    Args:
        dt: any shape.
        dt_bias: any shape, or None.

    Raises: ValueError.
    """
    check_finite("dt", dt)
    check_finite("dt_bias", dt_bias)


def _expect(name, tensor, state, *shapes):
    if tensor is None or (tensor.shape in shapes and tensor.dtype == state.dtype):
        return
    if tensor.shape not in shapes:
        raise ValueError(f"{name}: expected {' or '.join(map(str, shapes))}, got {tuple(tensor.shape)}")
    raise ValueError(f"{name}: expected dtype of state, {state.dtype}, got {tensor.dtype}")
