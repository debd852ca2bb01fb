"""A cell along a text, step by step."""

import torch
from torch.nn.functional import linear

from coursekit.recurrent.unroll.checks import check_unroll


def unroll(cell, x, state, input_weight, weight, input_bias=None, bias=None, skip=None):
    """The same cell at every token, each time with the state that the last time left.

        state_t = cell(W x_t + b, state_(t-1)),    y_t = h_t, the first part of state_t

    Args:
        cell: one of `coursekit.recurrent.unroll.cells`.
        x: (B, T, I), floating point.
        state: tuple of (B, H), `cell.parts` of them.
        input_weight: W, (G H, I); weight: U, (G H, H), for G = `cell.gates`.
        input_bias, bias: (G H,) or None.
        skip: (B, T), bool, or None; True = padding: the state stays as it is, and the output is the last one.

    Returns: (B, T, H), and the last state, a tuple of (B, H).
    Raises: ValueError when shapes do not fit.

    Source: Elman 1990, figure 2; Goodfellow et al. 2016, section 10.2.
    Taught in: 01-historia
    """
    check_unroll(cell, x, state, input_weight, weight, input_bias, bias, skip)
    outputs = []
    for t in range(x.shape[1]):
        projected = linear(x[:, t], input_weight, input_bias)  # (B, G H)
        new = cell(projected, state, weight, bias)
        state = new if skip is None else keep(skip[:, t], state, new)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state


def keep(skip, state, new):
    """The old state where a token is padding, (B,), and the new one elsewhere."""
    return tuple(torch.where(skip[:, None], old, part) for old, part in zip(state, new))
