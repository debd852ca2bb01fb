"""The weights in one stream: row after row, as they lie in memory, each read once for all tokens.

Adds one idea to `library.py`: memory is read in the order in which it lies, so that the next weights are on their way
before they are asked for. Libraries take several rows at a time, to use what they have loaded of x again; each row is
then a stream of its own, and on some machines several streams bring less than one. `one_stream_cpu_kernels.py` has
the loop. One thread.
"""

import numpy as np
import torch

from coursekit.serving.matrix_vector.checks import check_inputs
from coursekit.serving.matrix_vector.one_stream_cpu_kernels import product

_DTYPES = (torch.float32, torch.float64)


def linear(x, weight, bias=None):
    """`coursekit.serving.matrix_vector.reference.linear`, without gradients.

    Args, Returns: as there; CPU tensors, all float32 or all float64.
    Raises: ValueError when the shapes do not fit, for other tensors, or where a gradient is wanted.
    Source: call and layout of `torch.nn.functional.linear`.
    Taught in: 02-transformer
    """
    check_inputs(x, weight, bias)
    if problem := unsupported(x, weight, bias):
        raise ValueError(f"one_stream_cpu: {problem}; call `coursekit.serving.matrix_vector.linear`, which chooses")
    (outputs, inputs), tokens = weight.shape, x.shape[:-1].numel()
    y = torch.empty((*x.shape[:-1], outputs), dtype=x.dtype)  # (..., O)
    given, weights = (np.ascontiguousarray(t.detach().numpy()) for t in (x, weight))
    product(given.reshape(tokens, inputs), weights, y.numpy().reshape(tokens, outputs))
    return y if bias is None else y.add_(bias)


def unsupported(x, weight, bias):
    """Why this rung does not take these tensors, or None.

    Args: as in `linear`.
    Returns: what it takes, in a few words.
    """
    if not (x.is_cpu and weight.is_cpu):
        return "it is for the CPU"
    if x.dtype not in _DTYPES or weight.dtype != x.dtype or not (bias is None or bias.dtype == x.dtype):
        return "it takes tensors that are all float32 or all float64"
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in (x, weight, bias)):
        return "it has no gradient, and one is wanted"
    return None
