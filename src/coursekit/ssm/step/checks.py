"""What every rung of `selective_state_update` asks of its arguments, and their sizes with heads.

A step takes some ten microseconds, so shapes that passed once are looked up, not checked again.
"""

from functools import lru_cache
from typing import NamedTuple

import torch

from coursekit.ssm.finite import check_finite


class Form(NamedTuple):
    """How the arguments lie in memory, with heads: Mamba's form is one head of D channels and one group.

    sizes: B, H, P, N, G.
    widths: numbers a head of dt, D, z and dt_bias: P, 1 for all channels together, 0 for none.
    one_rate: whether A is (H,), not (H, P, N).
    """

    sizes: tuple[int, ...]
    widths: tuple[int, ...]
    one_rate: bool


def check_inputs(state, x, dt, A, B, C, D, z, dt_bias) -> Form:
    """Raise a ValueError that says what was expected and what came, or return their `Form`.

    Args: those of `coursekit.ssm.selective_state_update`.
    Raises: ValueError.
    """
    given = state, x, dt, A, B, C, D, z, dt_bias
    shapes = [None if t is None else t.shape for t in given]
    return _form(*shapes, *[None if t is None else t.dtype for t in given])


@lru_cache(maxsize=1024)
def _form(state, x, dt, A, B, C, D, z, dt_bias, dtype, *dtypes) -> Form:
    """The form of these shapes, if they fit and have the dtype of the state."""
    if len(state) not in (3, 4) or 0 in state:
        raise ValueError(
            "state: expected (batch, channels, states) or (batch, heads, head size, states), none of them 0, "
            f"got {tuple(state)}"
        )
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"state: expected float32 or float64, got {dtype}")
    batch, *channels, states = state
    heads = tuple(channels[:1]) if len(channels) == 2 else ()  # one number a head: only where there are heads
    channels = tuple(channels)
    per_head = [heads] if heads else []
    if heads and (len(B) != 3 or B[1] == 0 or heads[0] % B[1]):
        raise ValueError(f"B: expected ({batch}, G, {states}) with G a divisor of {heads[0]} heads, got {tuple(B)}")
    groups = (B[1],) if heads else ()
    shared = [(batch, *groups, states)]
    fits = {
        "x": (x, [(batch, *channels)]),
        "dt": (dt, [(batch, *channels), *((batch, *shape) for shape in per_head)]),
        "A": (A, [(*channels, states), *per_head]),
        "B": (B, shared),
        "C": (C, shared),
        "D": (D, [channels, *per_head]),
        "z": (z, [(batch, *channels)]),
        "dt_bias": (dt_bias, [channels, *per_head]),
    }
    for (name, (shape, expected)), own in zip(fits.items(), dtypes):
        if shape is not None and shape not in expected:
            raise ValueError(f"{name}: expected {' or '.join(map(str, expected))}, got {tuple(shape)}")
        if shape is not None and own != dtype:
            raise ValueError(f"{name}: expected dtype of state, {dtype}, got {own}")
    one_rate = A in per_head
    H, P = channels if heads else (1, *channels)
    widths = [
        0 if shape is None else shape.numel() // rows
        for shape, rows in ((dt, batch * H), (D, H), (z, batch * H), (dt_bias, H))
    ]
    return Form((batch, H, P, states, *(groups or (1,))), tuple(widths), one_rate)


def check_steps(dt, dt_bias=None):
    """Raise a ValueError if a step is not finite: one would make every later output NaN.

    Args:
        dt: any shape.
        dt_bias: any shape, or None.

    Raises: ValueError.
    """
    check_finite("dt", dt)
    check_finite("dt_bias", dt_bias)
