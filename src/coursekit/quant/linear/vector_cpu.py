"""The same loop with one instruction for 64 products of bytes and their sums, which some x86 have (VNNI).

Adds one idea to `portable_cpu.py`: a byte needs no widening where the machine multiplies bytes.
"""

from coursekit.cpu.byte_lanes import machine_width
from coursekit.quant.linear.portable_cpu import by_loop


def linear(x, weight, bias=None):
    """`coursekit.quant.linear.reference.linear` by the machine's own instruction.

    Args, Returns: as there; CPU tensors. Sums of groups are float32.
    Raises: ValueError as there, for other tensors, and on machines that do not have it.

    Source: Intel's `vpdpbusd`; Wang et al. 2025 (bitnet.cpp) for ternary products on processors.
    Taught in: 05-cuantizacion
    """
    if problem := unsupported():
        raise ValueError(f"vector_cpu: {problem}; coursekit.quant.linear.portable_cpu takes these arguments")
    return by_loop(x, weight, bias, True)


def unsupported():
    """Why this machine has no such instruction, or None."""
    return None if machine_width() else "expected a machine with AVX-512 VNNI or AVX-VNNI, got one without"
