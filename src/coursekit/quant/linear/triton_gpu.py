"""The packed weights multiplied in Triton: a GPU reads the few bits, too.

Adds one idea to `portable_cpu.py`: a program of the GPU makes sixteen outputs of one token. Leaves out what many
tokens would ask for: sharing the weights between them, by the GPU's units for products of matrices.

Needs the extra `gpu`. With TRITON_INTERPRET=1 in the environment before the import, the same kernel runs on a CPU,
slowly: that is for tests.
"""

import torch
import triton
from torch.nn import functional as F

from coursekit.quant.activations import quantize_activations
from coursekit.quant.linear import triton_gpu_kernels
from coursekit.quant.linear.checks import check_inputs
from coursekit.quant.linear.packed import TILE

ROWS = 8  # of 64 bytes at a time; not timed
LAUNCH = {"num_warps": 2}
INTERPRETED = not isinstance(triton_gpu_kernels.product, triton.JITFunction)


def linear(x, weight, bias=None):
    """`coursekit.quant.linear.reference.linear` in one kernel of a GPU.

    Args, Returns: as there; CUDA tensors. Sums of groups are float32.
    Raises: ValueError as there, and for what `unsupported` names.
    Taught in: 05-cuantizacion
    """
    check_inputs(x, weight, bias)
    problem = unsupported(x, weight)
    if problem is not None:
        raise ValueError(f"triton_gpu: {problem}; coursekit.quant.linear.reference takes these arguments")
    codes, scales = quantize_activations(x.reshape(-1, weight.inputs).float(), weight.groups)  # (N, G, g), (N, G)
    sums = codes.sum(-1, dtype=torch.int32)
    codes = F.pad(codes, (0, weight.steps * 32 // weight.bits - codes.shape[-1])).contiguous()
    y = torch.empty(len(codes), len(weight.scales) * TILE, device=x.device)
    if len(codes):
        lows, grid = weight.scales if weight.lows is None else weight.lows, (len(weight.scales), len(codes))
        given = weight.data, weight.scales, lows, codes, scales, sums, y, weight.groups, weight.steps, weight.middle
        triton_gpu_kernels.product[grid](*given, weight.lows is not None, weight.bits, ROWS, **LAUNCH)
    y = y[:, : weight.outputs].to(x.dtype).reshape(*x.shape[:-1], weight.outputs)
    return y if bias is None else y + bias


def unsupported(x, weight):
    """Why this kernel does not take these tensors: "expected ..., got ...", or None.

    Args: x, weight: as in `linear`.
    Taught in: 05-cuantizacion
    """
    if x.device != weight.data.device:
        return f"expected x and weight on one device, got {x.device} and {weight.data.device}"
    if INTERPRETED:
        return None
    if x.device.type != "cuda":
        return f"expected CUDA tensors, or TRITON_INTERPRET=1 set before the import, got {x.device.type}"
    capability = torch.cuda.get_device_capability(x.device)
    if capability < (8, 0):
        return f"expected a GPU of compute capability 8.0 or more, got {'.'.join(map(str, capability))}"
    return None
