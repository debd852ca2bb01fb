"""Compile the CPU kernels, so that nobody waits for it later: `python -m coursekit.warm`, which set-up runs once.

numba compiles a kernel for the types that it is first called with, and keeps the result on the disk.
"""

import torch

from coursekit.quant import cache_attention, few_bits
from coursekit.serving.matrix_vector import one_stream_cpu
from coursekit.ssm.scan import fused_cpu
from coursekit.ssm.step import fused_cpu as state_update_cpu


def warm():
    """Call each compiled kernel once in float32 and once in float64, forward and backward, on a few numbers.

    Those of few bits compute in float32 only, once for each number of bits.

    Taught in: 02-transformer, 03-mamba
    """
    for dtype in (torch.float32, torch.float64):
        x = torch.ones(1, 1, 1, dtype=dtype, requires_grad=True)  # (B, D, L), (B, N, L), (B, D, N)
        row = x[0].detach()  # (B, D), (B, N), (D, N)
        fused_cpu.selective_scan(x, x, -row, x, x).backward(x.detach())
        state_update_cpu.selective_state_update(x.detach(), row, row, -row, row, row)
        one_stream_cpu.linear(row, row)
    weight = torch.ones(1, 64)
    for to_packed in (*map(few_bits.blocks, ("Q4_1", "Q8_0")), *map(few_bits.affine, (2, 4, 8))):
        few_bits.FewBitsLinear(to_packed(weight))(weight)
    for bits in (4, 8):
        cache = cache_attention.PackedCache(1, 1, 32, 1, bits)
        cache.append(weight[None, None, :, :32], weight[None, None, :, :32])
        cache_attention.attend(weight[None, None, :, :32], cache)


if __name__ == "__main__":
    warm()
