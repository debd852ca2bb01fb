"""The kernels of `triton_gpu.py`: the grouped product, and its gradient for the weights.

Rows stand sorted by expert and are contiguous. A program makes one tile of a result; names in capitals are tensors in
the GPU's memory, or numbers that are compiled in. Sums are float32.
"""

import triton
import triton.language as tl


@triton.jit
def product(
    ROWS, WEIGHTS, OUT, EXPERT, START, STOP, inner, outer, expert_step, inner_step, outer_step, R: tl.constexpr,
    D: tl.constexpr, W: tl.constexpr,
):  # fmt: skip
    """OUT[rows] = ROWS[rows] WEIGHTS[expert]: R rows of one expert, W columns; tiles of D along the sum."""
    tile, column = tl.program_id(0), tl.program_id(1) * W + tl.arange(0, W)
    expert = tl.load(EXPERT + tile).to(tl.int64)
    row = tl.load(START + tile) + tl.arange(0, R).to(tl.int64)
    inside = row < tl.load(STOP + tile)
    total = tl.zeros([R, W], tl.float32)
    for start in range(0, inner, D):
        d = start + tl.arange(0, D)
        x = tl.load(ROWS + row[:, None] * inner + d[None, :], inside[:, None] & (d < inner)[None, :], 0.0)
        at = WEIGHTS + expert * expert_step + d[:, None] * inner_step + column[None, :] * outer_step
        total += tl.dot(x, tl.load(at, (d < inner)[:, None] & (column < outer)[None, :], 0.0), input_precision="ieee")
    at = OUT + row[:, None] * outer + column[None, :]
    tl.store(at, total.to(OUT.dtype.element_ty), inside[:, None] & (column < outer)[None, :])


@triton.jit
def outer_product(
    ROWS, GRADIENT, OUT, ENDS, inner, outer, R: tl.constexpr, D: tl.constexpr, W: tl.constexpr
):  # fmt: skip
    """OUT[expert] = ROWS[its rows]^T GRADIENT[its rows]: D by W numbers, in steps of R rows; 0 without rows."""
    expert = tl.program_id(0).to(tl.int64)
    d, column = tl.program_id(1) * D + tl.arange(0, D), tl.program_id(2) * W + tl.arange(0, W)
    begin, end = tl.load(ENDS + expert), tl.load(ENDS + expert + 1)
    total = tl.zeros([D, W], tl.float32)
    for start in range(begin, end, R):
        row = start + tl.arange(0, R).to(tl.int64)
        x = tl.load(ROWS + row[None, :] * inner + d[:, None], (row < end)[None, :] & (d < inner)[:, None], 0.0)
        at = GRADIENT + row[:, None] * outer + column[None, :]
        dy = tl.load(at, (row < end)[:, None] & (column < outer)[None, :], 0.0)
        total += tl.dot(x, dy, input_precision="ieee")
    at = OUT + (expert * inner + d[:, None]) * outer + column[None, :]
    tl.store(at, total.to(OUT.dtype.element_ty), (d < inner)[:, None] & (column < outer)[None, :])
