"""The same loop with one instruction for 64 products of bytes and their sums, which some x86 have (VNNI).

Adds one idea to `portable_cpu.py`: a byte needs no widening where the machine multiplies bytes.
"""

from coursekit.cpu.byte_lanes import machine_width
from coursekit.quant.cache_attention.portable_cpu import by_loop


def attend(query, cache, causal=True):
    """`coursekit.quant.cache_attention.reference.attend` by the machine's own instruction.

    Args, Returns: as there; CPU tensors.
    Raises: ValueError as there, and on machines that do not have it.
    Taught in: 05-cuantizacion
    """
    if problem := unsupported():
        raise ValueError(f"vector_cpu: {problem}; coursekit.quant.cache_attention.portable_cpu takes these arguments")
    return by_loop(query, cache, causal, True)


def unsupported():
    """Why this machine has no such instruction, or None."""
    return None if machine_width() else "expected a machine with AVX-512 VNNI or AVX-VNNI, got one without"
