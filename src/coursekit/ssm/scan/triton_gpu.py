"""The selective scan on a GPU, as the two Triton kernels of `triton_gpu_kernels.py`.

Adds one idea to `fused_cpu.py`: a program of the GPU has a block of channels, whose state stays in its registers from
the first step to the last, and hundreds of programs run at once. Backwards it computes the states again, a tile at a
time, from one saved every TILE steps. What blocks share, each adds up on its own, and torch sums those: the same
gradients every time, at the price of 2 N / W numbers for each one of u, W being the channels of a program.
Leaves out what the authors' CUDA kernel adds: parallelism along time, and loads that fetch neighbours together.

Needs the extra `gpu`. With TRITON_INTERPRET=1 in the environment before the import, the same kernels run on a
CPU, slowly: that is for tests.
"""

import torch
import triton
import triton.language as tl
from torch.autograd.function import once_differentiable

from coursekit.ssm.scan import triton_gpu_kernels
from coursekit.ssm.scan.checks import check_scan

TILE = 64  # steps between two saved states
# Channels of a program, at most, and numbers of its state. Compiled for compute capability 8.6, the smallest of
# today's GPUs, both kernels then fit its registers in float32 (but for 84 bytes); not timed
WIDTH, NUMBERS = 32, 2048
_NUMBERS_OF_A_WARP = 256
INTERPRETED = not isinstance(triton_gpu_kernels.forward, triton.JITFunction)


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """`coursekit.ssm.scan.reference.selective_scan` in one kernel of a GPU.

        h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t u_t,    y_t = C_t . h_t + D u_t,    out_t = y_t silu(z_t)

    Args, Returns: as in `coursekit.ssm.scan.reference.selective_scan`; CUDA tensors. Gradients for all tensors; second
        derivatives are not available.
    Raises: ValueError as there, and for what `unsupported` names.

    Source: Gu & Dao 2023 (Mamba), section 3.3.2 and appendix D (fusion, recomputation).
    Taught in: 03-mamba
    """
    check_scan(u, delta, A, B, C, D, z, delta_bias)
    problem = unsupported(u)
    if problem is not None:
        raise ValueError(f"triton_gpu: {problem}; coursekit.ssm.scan.associative takes these arguments")
    dtype = torch.promote_types(u.dtype, torch.float32)
    if B.dim() == 3:
        B, C = B[:, None], C[:, None]  # (B, 1, N, L)
    zeros = torch.zeros(u.shape[1], dtype=dtype, device=u.device)
    D, delta_bias = (zeros if x is None else x for x in (D, delta_bias))
    A, B, C, D, delta_bias = (x.to(dtype) for x in (A, B, C, D, delta_bias))
    tensors = u, delta, A, B, C, D, z, delta_bias
    keep = torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in tensors)
    out, last = _Fused.apply(*tensors, delta_softplus, keep)
    return (out, last) if return_last_state else out


def unsupported(u):
    """Why these kernels do not take this input: "expected ..., got ...", or None.

    Args:
        u: the input, as in `selective_scan`.

    Taught in: 03-mamba
    """
    if INTERPRETED:
        return None
    if u.device.type != "cuda":
        return f"expected CUDA tensors, or TRITON_INTERPRET=1 set before the import, got {u.device.type}"
    capability = torch.cuda.get_device_capability(u.device)
    if capability < (8, 0):
        return f"expected a GPU of compute capability 8.0 or more, got {'.'.join(map(str, capability))}"
    return None


def compiled_in(channels, states, dtype):
    """The numbers that a kernel is compiled for, and how many groups of 32 threads run a program.

    Args:
        channels: of a group.
        states: N.
        dtype: of the sums.

    Returns: arguments of a launch, by name.
    Taught in: 03-mamba
    """
    M = triton.next_power_of_2(states)
    W = min(WIDTH, NUMBERS // M, triton.next_power_of_2(channels))
    type_ = tl.float64 if dtype == torch.float64 else tl.float32
    return {"TYPE": type_, "W": W, "M": M, "TILE": TILE, "num_warps": max(1, W * M // _NUMBERS_OF_A_WARP)}


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, u, delta, A, B, C, D, z, bias, softplus_on, keep):
        inputs = [None if x is None else x.contiguous() for x in (u, delta, A, B, C, D, z, bias)]
        (batch, channels, length), (groups, states) = u.shape, B.shape[1:3]
        sizes = {"channels": channels, "length": length, "states": states, "groups": groups}
        ctx.arguments = sizes | compiled_in(channels // groups, states, A.dtype)
        ctx.arguments |= {"SOFTPLUS": softplus_on, "GATED": z is not None}
        ctx.blocks = triton.cdiv(channels // groups, ctx.arguments["W"])
        tiles = triton.cdiv(length, TILE) if keep else 0
        saved, last = A.new_empty(batch, tiles, channels, states), A.new_empty(batch, channels, states)
        out = torch.empty_like(inputs[0])
        programs = batch * groups * ctx.blocks
        triton_gpu_kernels.forward[(programs,)](*inputs, saved, out, last, KEEP=keep, **ctx.arguments)
        ctx.save_for_backward(*inputs, saved)
        return out, last

    @staticmethod
    @once_differentiable
    def backward(ctx, d_out, d_last):
        *inputs, saved = ctx.saved_tensors
        u, delta, A, B, _, D, z, _ = inputs
        (batch, channels, _), (groups, states, length) = u.shape, B.shape[1:]
        tile = A.new_empty(batch, TILE, channels, states)
        d_u, d_delta, d_z = (None if x is None else torch.empty_like(x) for x in (u, delta, z))
        d_A, d_D, d_bias = (A.new_empty(batch, *x.shape) for x in (A, D, D))
        d_B, d_C = (B.new_empty(batch, groups, ctx.blocks, states, length) for _ in range(2))
        given = *inputs, saved, d_out.contiguous(), d_last.contiguous(), tile
        gradients = d_u, d_delta, d_A, d_B, d_C, d_D, d_z, d_bias
        triton_gpu_kernels.backward[(batch * groups * ctx.blocks,)](*given, *gradients, **ctx.arguments)
        d_A, d_D, d_bias = (x.sum(0) for x in (d_A, d_D, d_bias))
        return d_u, d_delta, d_A, d_B.sum(2), d_C.sum(2), d_D, d_z, d_bias, None, None
