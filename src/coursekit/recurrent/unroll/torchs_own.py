"""A cell along a text by torch's own loops, which are compiled: oneDNN on a CPU, cuDNN on a GPU.

Adds one idea: nothing of the loop is in Python.
Leaves out what torch has not: the LSTM of 1997, the GRU of its papers, and padding.
"""

import torch

from coursekit.recurrent.unroll.cells import elman, gru, lstm
from coursekit.recurrent.unroll.checks import check_unroll

LOOPS = {elman: torch.rnn_tanh, lstm: torch.lstm, gru: torch.gru}


def unroll(cell, x, state, input_weight, weight, input_bias=None, bias=None, skip=None):
    """`coursekit.recurrent.unroll.reference.unroll` by torch.lstm, torch.gru or torch.rnn_tanh.

    Args, Returns, Raises: as in `coursekit.recurrent.unroll.reference.unroll`; a ValueError also where `unsupported`
        has a reason.

    Source: torch.nn.LSTM, which calls the same functions.
    Taught in: 01-historia
    """
    check_unroll(cell, x, state, input_weight, weight, input_bias, bias, skip)
    problem = unsupported(cell, input_bias, bias, skip)
    if problem is not None:
        raise ValueError(f"torchs_own: {problem}; take another rung")
    weights = [input_weight, weight] if bias is None else [input_weight, weight, input_bias, bias]
    state = [part[None].contiguous() for part in state]  # (1, B, H): one layer
    # has biases, one layer, no dropout, no training mode for it, one direction, the batch first
    options = bias is not None, 1, 0.0, False, False, True
    y, *last = LOOPS[cell](x, state if cell is lstm else state[0], weights, *options)
    return y, tuple(part[0] for part in last)


def unsupported(cell, input_bias, bias, skip):
    """Why this rung cannot do it, or None.

    Args: those of `unroll`.
    """
    if cell not in LOOPS:
        return f"torch has no {cell.__name__}"
    if skip is not None:
        return "torch's loops skip no padding"
    if (input_bias is None) != (bias is None):
        return "torch has both biases or none"
    return None
