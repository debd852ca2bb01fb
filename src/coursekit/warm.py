"""Compile the CPU kernels, so that nobody waits for it later: `python -m coursekit.warm`, which set-up runs once.

numba compiles a kernel for the types that it is first called with, and keeps the result on the disk.
"""

import torch

from coursekit.serving.matrix_vector import one_stream_cpu
from coursekit.ssm.scan import fused_cpu
from coursekit.ssm.step import fused_cpu as state_update_cpu


def warm():
    """Call each compiled kernel once in float32 and once in float64, forward and backward, on a few numbers.

    Taught in: 02-transformer, 03-mamba
    """
    for dtype in (torch.float32, torch.float64):
        x = torch.ones(1, 1, 1, dtype=dtype, requires_grad=True)  # (B, D, L), (B, N, L), (B, D, N)
        row = x[0].detach()  # (B, D), (B, N), (D, N)
        fused_cpu.selective_scan(x, x, -row, x, x).backward(x.detach())
        state_update_cpu.selective_state_update(x.detach(), row, row, -row, row, row)
        one_stream_cpu.linear(row, row)


if __name__ == "__main__":
    warm()
