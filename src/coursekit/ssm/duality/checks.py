"""What every rung of `ssd` asks of its arguments, and what all of them do before and after the scan."""

import torch
from torch.nn.functional import silu, softplus

from coursekit.ssm.finite import check_finite


def check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.ssm.ssd`.
    Raises: ValueError.
    """
    if x.dim() != 4 or 0 in x.shape:
        raise ValueError(f"x: expected (batch, length, heads, head size), none of them 0, got {tuple(x.shape)}")
    if x.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"x: expected float32 or float64, got {x.dtype}")
    batch, length, heads, size = x.shape
    if B.dim() != 4 or B.shape[:2] != x.shape[:2] or 0 in B.shape:
        raise ValueError(f"B: expected ({batch}, {length}, groups, states), got {tuple(B.shape)}")
    groups, states = B.shape[2:]
    if heads % groups:
        raise ValueError(f"expected heads a multiple of groups, got {heads} heads and {groups} groups")
    _expect("dt", dt, x, (batch, length, heads))
    _expect("A", A, x, (heads,))
    _expect("B", B, x, (batch, length, groups, states))
    _expect("C", C, x, (batch, length, groups, states))
    _expect("D", D, x, (heads,), (heads, size))
    _expect("z", z, x, (batch, length, heads, size))
    _expect("dt_bias", dt_bias, x, (heads,))
    _expect("initial_states", initial_states, x, (batch, heads, size, states))
    if not isinstance(chunk_size, int) or chunk_size < 1:
        raise ValueError(f"chunk_size: expected a whole number of positions >= 1, got {chunk_size!r}")
    for name, tensor in (("dt", dt), ("A", A), ("dt_bias", dt_bias)):
        check_finite(name, tensor)


def _expect(name, tensor, x, *shapes):
    if tensor is None:
        return
    if tuple(tensor.shape) not in shapes:
        raise ValueError(f"{name}: expected {' or '.join(map(str, shapes))}, got {tuple(tensor.shape)}")
    if tensor.dtype != x.dtype:
        raise ValueError(f"{name}: expected dtype of x, {x.dtype}, got {tensor.dtype}")


def step_sizes(dt, dt_bias, dt_softplus):
    """The steps that the scan takes: softplus(dt + dt_bias), either part on request.

    Args:
        dt: (B, L, H), or any shape that ends in heads.
        dt_bias: (H,) or None.
        dt_softplus: whether to apply ln(1 + e^x).

    Returns: shape of dt.
    """
    dt = dt if dt_bias is None else dt + dt_bias
    return softplus(dt) if dt_softplus else dt


def skip_and_gate(y, x, D, z):
    """(y + D x) SiLU(z), either part on request.

    Args:
        y, x: (B, L, H, P).
        D: (H,), (H, P) or None.
        z: (B, L, H, P) or None.

    Returns: (B, L, H, P).
    """
    if D is not None:
        y = y + x * (D if D.dim() == 2 else D[:, None])
    return y if z is None else y * silu(z)


def spreads(final):
    """Did products over several positions carry a NaN or an infinity to earlier ones, where its weight is 0?

    0 times NaN is NaN. Whatever x or B bring in stays in the state, so that the last one tells; then the recurrence
    gives the outputs, which multiplies nothing by the future.

    Args:
        final: states after the last position, any shape.

    Returns: bool.
    """
    return not bool(final.detach().sum().isfinite())
