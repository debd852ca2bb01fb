"""The grouped product in Triton: all experts' rows in one kernel, whatever their number.

Adds one idea to `grouped.py`: what the one call does. The rows of each expert are cut into tiles of R; a program of the
GPU makes one tile, and looks up whose it is. Backwards the same kernel reads the weights transposed, and a second one
sums an expert's rows for the gradient of its weights.
Leaves out: the counts travel to the CPU, which lists the tiles; gate and product are torch's, between the kernels.

Needs the extra `gpu`. With TRITON_INTERPRET=1 in the environment before the import, the same kernels run on a
CPU, slowly: that is for tests.
"""

import torch
import triton
from torch.autograd.function import once_differentiable

from coursekit.moe.experts import triton_gpu_kernels
from coursekit.moe.experts.checks import check_inputs
from coursekit.moe.experts.grouped import grouped

# rows, numbers along the sum and columns of a tile; not timed
TILE = {"R": 32, "D": 32, "W": 64}
LAUNCH = {"num_warps": 4, "num_stages": 2}
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
INTERPRETED = not isinstance(triton_gpu_kernels.product, triton.JITFunction)


def apply_experts(x, weights, indices, gate_up, down):
    """`coursekit.moe.experts.reference.apply_experts`, each layer's products in one kernel of a GPU.

    Args, Returns: as there; CUDA tensors. Sums are float32 whatever the dtype. Second derivatives are not available.
    Raises: ValueError as there, and for what `unsupported` names.

    Source: Gale et al. 2022 (MegaBlocks), section 5, in the form without padding to whole blocks.
    Taught in: 04-moe
    """
    check_inputs(x, weights, indices, gate_up, down)
    problem = unsupported(x)
    if problem is not None:
        raise ValueError(f"triton_gpu: {problem}; coursekit.moe.experts.sorted takes these arguments")
    return grouped(x, weights, indices, gate_up, down, _Product.apply)


def unsupported(x):
    """Why these kernels do not take this input: "expected ..., got ...", or None.

    Args:
        x: as in `apply_experts`.

    Taught in: 04-moe
    """
    if x.dtype not in DTYPES:
        return f"expected float32, float16 or bfloat16, got {x.dtype}"
    if INTERPRETED:
        # triton 3.7 multiplies the bits of bfloat16 there, as if they were whole numbers
        return "expected another dtype in the interpreter, got bfloat16" if x.dtype == torch.bfloat16 else None
    if x.device.type != "cuda":
        return f"expected CUDA tensors, or TRITON_INTERPRET=1 set before the import, got {x.device.type}"
    capability = torch.cuda.get_device_capability(x.device)
    if capability < (8, 0):
        return f"expected a GPU of compute capability 8.0 or more, got {'.'.join(map(str, capability))}"
    return None


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, weights, counts):
        ctx.save_for_backward(rows, weights)
        ctx.counts = counts
        return _product(rows, weights, counts)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        rows, weights = ctx.saved_tensors
        gradient = gradient.contiguous()
        d_rows = _product(gradient, weights.transpose(1, 2), ctx.counts) if ctx.needs_input_grad[0] else None
        return d_rows, _outer(rows, gradient, ctx.counts) if ctx.needs_input_grad[1] else None, None


def _product(rows, weights, counts):
    rows, (_, inner, outer) = rows.contiguous(), weights.shape
    out = rows.new_empty(len(rows), outer)
    tiles, start = [], 0  # whose, from which row, to which
    for expert, count in enumerate(counts):
        stop = start + count
        tiles += [(expert, row, stop) for row in range(start, stop, TILE["R"])]
        start = stop
    if tiles:
        owners = torch.tensor(tiles, dtype=torch.int32, device=rows.device).T.contiguous().unbind()
        grid = len(tiles), triton.cdiv(outer, TILE["W"])
        given = rows, weights, out, *owners, inner, outer, *weights.stride()
        triton_gpu_kernels.product[grid](*given, **TILE, **LAUNCH)
    return out


def _outer(rows, gradient, counts):
    rows, inner, outer = rows.contiguous(), rows.shape[1], gradient.shape[1]
    ends = torch.tensor([0, *counts], device=rows.device).cumsum(0, dtype=torch.int32)  # (E + 1,)
    out = rows.new_empty(len(counts), inner, outer)
    grid = len(counts), triton.cdiv(inner, TILE["D"]), triton.cdiv(outer, TILE["W"])
    triton_gpu_kernels.outer_product[grid](rows, gradient, out, ends, inner, outer, **TILE, **LAUNCH)
    return out
