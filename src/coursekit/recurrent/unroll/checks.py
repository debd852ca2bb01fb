"""What every rung asks of its arguments, in one place."""

import torch


def check_unroll(cell, x, state, input_weight, weight, input_bias, bias, skip):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.recurrent.unroll.unroll`.
    Raises: ValueError.
    """
    if x.dim() != 3 or 0 in x.shape:
        raise ValueError(f"x: expected (batch, tokens, inputs), all >= 1, got {tuple(x.shape)}")
    batch, length, inputs = x.shape
    rows, H = weight.shape[0], weight.shape[-1]
    if weight.dim() != 2 or rows != cell.gates * H:
        raise ValueError(
            f"weight: expected ({cell.gates} H, H) in {cell.__name__}, for H units, got {tuple(weight.shape)}"
        )
    _expect("input_weight", input_weight, (rows, inputs))
    for name, vector in (("input_bias", input_bias), ("bias", bias)):
        if vector is not None:
            _expect(name, vector, (rows,))
    if len(state) != cell.parts:
        raise ValueError(f"state: expected a tuple of {cell.parts} in {cell.__name__}, got {len(state)}")
    for part in state:
        _expect("state", part, (batch, H))
    if skip is not None:
        _expect("skip", skip, (batch, length))
        if skip.dtype != torch.bool:
            raise ValueError(f"skip: expected bool, True = padding, got {skip.dtype}")


def _expect(name, tensor, shape):
    if tuple(tensor.shape) != shape:
        raise ValueError(f"{name}: expected {shape}, got {tuple(tensor.shape)}")
