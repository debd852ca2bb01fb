"""`linear`: the choice of its rung."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from coursekit.serving.matrix_vector import library

FEW = 4  # tokens up to which one stream was faster, measured on a CPU core; more are worth sharing a tile of weights


def linear(x, weight, bias=None):
    """A linear layer by the fastest rung for these tensors.

        y_o = sum_c W_oc x_c + b_o

    Args, Returns, Raises: as in `coursekit.serving.matrix_vector.reference.linear`.

    Source: call and layout of `torch.nn.functional.linear`.
    Taught in: 02-transformer
    """
    rung, _ = _choose(x, weight, bias)
    return rung.linear(x, weight, bias)


def explain_backend(x, weight, bias=None):
    """Which rung `linear` takes for these arguments, and why.

    Args: as in `linear`.
    Returns: one line of text, "name: reason".
    Taught in: 02-transformer
    """
    rung, reason = _choose(x, weight, bias)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(x, weight, bias):
    if x.numel() > FEW * weight.shape[-1]:
        return library, f"more than {FEW} tokens, which share what is read of the weights"
    if not weight.is_contiguous():
        return library, "the weights do not lie row after row"
    rung = _compiled()
    if rung is None:
        return library, "numba is not installed, without which there is no compiled rung"
    problem = rung.unsupported(x, weight, bias)
    return (
        (rung, "the weights are read once, in one stream")
        if problem is None
        else (library, f"one_stream_cpu: {problem}")
    )


@cache
def _compiled():
    """The rung, imported only when it is asked for: numba takes a second."""
    return import_module("coursekit.serving.matrix_vector.one_stream_cpu") if find_spec("numba") else None
