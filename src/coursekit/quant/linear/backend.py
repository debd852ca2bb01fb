"""`ternary_linear`, `int4_linear`, `int8_linear`: the choice of their rung."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from coursekit.quant.linear import reference


def ternary_linear(x, weight, bias=None):
    """A linear layer with ternary weights, two bits each, by the fastest rung for these tensors.

        y_no = t_n gamma sum_c W~_oc k_nc + b_o

    Args, Returns, Raises: as in `coursekit.quant.linear.reference.linear`; weight from `pack_ternary`.

    Source: Ma et al. 2024 (BitNet b1.58), section 2.
    Taught in: 05-cuantizacion
    """
    return _linear(x, weight, bias, 2)


def int4_linear(x, weight, bias=None):
    """A linear layer with weights of four bits, by the fastest rung for these tensors.

        y_no = sum_g t_ng (d_og sum_c (q_oc - middle) k_nc + m_og sum_c k_nc) + b_o

    Args, Returns, Raises: as in `coursekit.quant.linear.reference.linear`; weight from `pack`.
    Taught in: 05-cuantizacion
    """
    return _linear(x, weight, bias, 4)


def int8_linear(x, weight, bias=None):
    """A linear layer with weights of eight bits; the rest as in `int4_linear`. Taught in: 05-cuantizacion"""
    return _linear(x, weight, bias, 8)


def explain_backend(x, weight):
    """Which rung these arguments take, and why.

    Args: x, weight: as in `int4_linear`.
    Returns: one line of text, "name: reason".
    Taught in: 05-cuantizacion
    """
    rung, reason = _choose(x.device.type)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _linear(x, weight, bias, bits):
    if weight.bits != bits:
        raise ValueError(f"weight: expected {bits} bits, got {weight.bits}")
    rung, _ = _choose(x.device.type)
    return rung.linear(x, weight, bias)


@cache
def _choose(device):
    if device == "cuda":
        if find_spec("triton") is None:
            return reference, "triton is not installed, it is the extra `gpu`"
        return _rung("triton_gpu"), "the few bits are read by one Triton kernel"
    if device != "cpu" or find_spec("numba") is None:
        return reference, "numba is not installed, without which there is no compiled loop, or this is no CPU"
    vector_cpu = _rung("vector_cpu")
    problem = vector_cpu.unsupported()
    if problem is None:
        return vector_cpu, "one compiled loop with the machine's sums of products of bytes"
    return _rung("portable_cpu"), f"one compiled loop for any machine (vector_cpu: {problem})"


def _rung(name):
    """Imported only when it is asked for: numba takes a second."""
    return import_module(f"coursekit.quant.linear.{name}")
