"""`attend`: the choice of its rung."""

from functools import cache as remember
from importlib import import_module
from importlib.util import find_spec

from coursekit.quant.cache_attention import reference


def attend(query, cache, causal=True):
    """Attention over a cache of few bits, by the fastest rung for these tensors.

        p = softmax(t k . key_t / sqrt(C)),    y = sum_t p_t value_t

    Args, Returns, Raises: as in `coursekit.quant.cache_attention.reference.attend`.
    Taught in: 05-cuantizacion
    """
    rung, _ = _choose(query.device.type)
    return rung.attend(query, cache, causal)


def explain_backend(query):
    """Which rung `attend` takes for this query, and why.

    Args: query: as in `attend`.
    Returns: one line of text, "name: reason".
    Taught in: 05-cuantizacion
    """
    rung, reason = _choose(query.device.type)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


@remember
def _choose(device):
    if device != "cpu" or find_spec("numba") is None:
        return reference, "numba is not installed, without which there is no compiled loop, or this is no CPU"
    vector_cpu = import_module("coursekit.quant.cache_attention.vector_cpu")
    problem = vector_cpu.unsupported()
    if problem is None:
        return vector_cpu, "one compiled loop with the machine's sums of products of bytes"
    portable_cpu = import_module("coursekit.quant.cache_attention.portable_cpu")
    return portable_cpu, f"one compiled loop for any machine (vector_cpu: {problem})"
