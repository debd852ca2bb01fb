"""The selective scan as one compiled loop: nothing of size B D L N is ever stored.

Adds one idea to the reference: the paper's fused kernel, for the caches of a CPU. Discretisation, recurrence and
read-out of a step are done together while the state stays in the cache, for many channels in one instruction; the
backward pass computes the states again, from one saved every TILE steps. `fused_cpu_kernels.py` has the loops.
Leaves out parallelism along time: sequences, groups and blocks of channels go to as many threads as torch uses.
"""

from math import e, log2

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from coursekit.cpu.lanes import WIDTH
from coursekit.cpu.side_by_side import share_kernel
from coursekit.ssm.scan import fused_cpu_kernels
from coursekit.ssm.scan.checks import check_scan

_WORTH_SHARING = 2**18  # numbers (steps, channels, states) from which a second thread brings more than it costs


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """`coursekit.ssm.scan.reference.selective_scan` in one pass over the input.

        h_t = 2^(Delta_t A log2 e) h_{t-1} + Delta_t B_t u_t,    y_t = C_t . h_t + D u_t,    out_t = y_t silu(z_t)

    Args, Returns, Raises: as in `coursekit.ssm.scan.reference.selective_scan`; CPU tensors. Half precision is computed
        in float32. Gradients for all tensors; second derivatives are not available.

    Source: Gu & Dao 2023 (Mamba), section 3.3.2 and appendix D (fusion, recomputation).
    Taught in: 03-mamba
    """
    check_scan(u, delta, A, B, C, D, z, delta_bias)
    dtype = torch.promote_types(u.dtype, torch.float32)
    if B.dim() == 3:
        B, C = B[:, None], C[:, None]  # (B, 1, N, L)
    zeros = torch.zeros(u.shape[1], dtype=dtype)
    D, delta_bias = ((zeros if x is None else x)[None] for x in (D, delta_bias))  # (1, D)
    gate = u.new_empty(0, 0, 0) if z is None else z
    tensors = [x.to(dtype) for x in (u, delta, A, B, C, D, gate, delta_bias)]
    keep = torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
    out, last = _Fused.apply(*tensors, delta_softplus, z is not None, keep)
    out = out.to(u.dtype)
    return (out, last.mT) if return_last_state else out


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, u, delta, A, B, C, D, z, bias, softplus_on, gated, keep):
        A = A.T * log2(e)  # (N, D)
        inputs = [x.contiguous() for x in (u, delta, A, B, C, D, z, bias)]
        (batch, channels, length), states = u.shape, A.shape[0]
        tiles = -(-length // fused_cpu_kernels.TILE) if keep else 0
        saved = u.new_empty(batch, tiles, states, channels)
        out, last = u.new_empty(u.shape), u.new_empty(batch, states, channels)
        workers = _workers(u, states, B.shape[1])
        share_kernel(workers, fused_cpu_kernels.forward, *inputs, softplus_on, gated, saved, keep, out, last)
        ctx.save_for_backward(*inputs, saved)
        ctx.options = softplus_on, gated
        return out, last

    @staticmethod
    @once_differentiable
    def backward(ctx, d_out, d_last):
        *inputs, saved = ctx.saved_tensors
        u, _, A, B, C, D, z, bias = inputs
        workers = _workers(u, A.shape[0], B.shape[1])
        d_u, d_delta, d_z = (torch.empty_like(x) for x in (u, u, z))
        # what blocks share: each worker adds up its own. By numpy, because torch's threads, once called, wait for the
        # next operation on a processor that the kernel's own need
        shared = [np.zeros((workers, *x.shape), u.detach().numpy().dtype) for x in (A, B, C, D, bias)]
        gradients = d_u, d_delta, *(tuple(map(torch.from_numpy, x)) for x in shared), d_z
        upstream = d_out.contiguous(), d_last.contiguous()
        share_kernel(workers, fused_cpu_kernels.backward, *inputs, *ctx.options, saved, *upstream, *gradients)
        d_A, d_B, d_C, d_D, d_bias = (torch.from_numpy(x.sum(0)) for x in shared)
        return d_u, d_delta, d_A.T, d_B, d_C, d_D, d_z, d_bias, None, None, None


def _workers(u, states, groups):
    blocks = u.shape[0] * groups * -(-u.shape[1] // groups // WIDTH)
    return 1 if u.numel() * states < _WORTH_SHARING else min(torch.get_num_threads(), blocks)
