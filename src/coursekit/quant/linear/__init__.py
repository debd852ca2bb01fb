"""A linear layer whose weights have few bits, as a ladder of equal functions: weights are read as they are stored.

    y_no = sum_g t_ng (d_og sum_c (q_oc - middle) k_nc + m_og sum_c k_nc) + b_o,    x_nc ~ t_ng k_nc,  k = -127 .. 127

Inputs are rounded to 8 bits first, one scale a token and group, so that products and sums are of whole numbers. From
slow to fast; each rung has the same signature and equals the reference:

    reference.py       the sum, in float64, of weights that are unpacked first
    portable_cpu.py    one compiled loop over the packed weights, for any machine
    vector_cpu.py      the same with the instruction that some x86 have for it (vector_cpu_kernels.py: both loops)
    triton_gpu.py      the same for a GPU (triton_gpu_kernels.py; the extra `gpu`)

    packed.py          how the weights lie in memory: `PackedWeight`, `pack`, `pack_ternary`
    checks.py          what every rung asks of its arguments, and why no sum overflows
    backend.py         `ternary_linear`, `int4_linear`, `int8_linear`: the fastest rung, and `explain_backend`

Dimensions: N tokens (all axes of x but the last), C inputs, O outputs, g inputs of a group, G = C / g.
"""

from coursekit.quant.linear.backend import explain_backend, int4_linear, int8_linear, ternary_linear
from coursekit.quant.linear.packed import PackedWeight, pack, pack_ternary

__all__ = ["PackedWeight", "explain_backend", "int4_linear", "int8_linear", "pack", "pack_ternary", "ternary_linear"]
