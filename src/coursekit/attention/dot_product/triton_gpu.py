"""The FlashAttention-2 schedule on a GPU, as the three Triton kernels of `triton_gpu_kernels.py`.

Adds one idea to `tiled.py`: the whole loop over the tiles is one kernel, so that a tile lives in the registers
and the on-chip memory of one processor of the GPU, and its scores never travel to the GPU's memory. A program does
one block of queries of one head; backwards there is a kernel over blocks of queries and one over blocks of keys.
Leaves out what the authors' CUDA kernel adds: tiles inside the mask go without it, the head sizes between powers
of two, a mask of the caller's (`sdpa.py` takes it).

Needs the extra `gpu`. With TRITON_INTERPRET=1 in the environment before the import, the same kernels run on a
CPU, slowly: that is for tests.
"""

import torch
import triton
from torch.autograd.function import once_differentiable

from coursekit.attention.dot_product import triton_gpu_kernels
from coursekit.attention.dot_product.checks import check_inputs

# B_r and B_c of the paper, by bytes of a number. Compiled for head size 128 and compute capability 8.6, the smallest
# of today's GPUs, all three kernels fit its 99 KiB of on-chip memory and (but for 16 bytes) its registers; not timed
BLOCKS = {4: (32, 16), 2: (64, 32)}
LAUNCH = {"num_warps": 4, "num_stages": 2}  # groups of 32 threads; depth of the pipeline that fetches tiles
HEAD_SIZES = (16, 32, 64, 128)
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
INTERPRETED = not isinstance(triton_gpu_kernels.forward, triton.JITFunction)


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """`coursekit.attention.dot_product.reference.attention` in one kernel of a GPU.

    The equations and the numbers of the steps are those of `coursekit.attention.dot_product.tiled.attention`.

    Args, Returns: as in `coursekit.attention.dot_product.reference.attention`. Sums are float32 whatever the dtype.
        Second derivatives are not available.
    Raises: ValueError as there, and for what `unsupported` names.

    Source: Dao 2023 (FlashAttention-2), algorithms 1 and 2, with dQ in a kernel of its own in place of atomic sums.
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    problem = unsupported(query, value, attn_mask)
    if problem is not None:
        raise ValueError(f"triton_gpu: {problem}; coursekit.attention.dot_product.sdpa takes these arguments")
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    return _Fused.apply(query, key, value, is_causal, scale, window)


def unsupported(query, value, attn_mask):
    """What these kernels do not take in these arguments: "expected ..., got ...", or None.

    Args: as in `attention`.
    Taught in: 02-transformer
    """
    if attn_mask is not None:
        return f"expected no attn_mask, got one of shape {tuple(attn_mask.shape)}"
    if not {query.shape[-1], value.shape[-1]} <= set(HEAD_SIZES):
        return f"expected head sizes out of {HEAD_SIZES}, got {query.shape[-1]} and {value.shape[-1]}"
    if query.dtype not in DTYPES:
        return f"expected float32, float16 or bfloat16, got {query.dtype}"
    if INTERPRETED:
        # triton 3.7 and 3.9 multiply the bits of bfloat16 there, as if they were whole numbers
        return "expected another dtype in the interpreter, got bfloat16" if query.dtype == torch.bfloat16 else None
    if query.device.type != "cuda":
        return f"expected CUDA tensors, or TRITON_INTERPRET=1 set before the import, got {query.device.type}"
    capability = torch.cuda.get_device_capability(query.device)
    if capability < (8, 0):
        return f"expected a GPU of compute capability 8.0 or more, got {'.'.join(map(str, capability))}"
    return None


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, query, key, value, is_causal, scale, window):
        query, key, value = query.contiguous(), key.contiguous(), value.contiguous()
        (B, H, T, D), (G, S), E = query.shape, key.shape[1:3], value.shape[-1]
        R, K = BLOCKS[query.itemsize]
        sizes = {"T": T, "S": S, "H": H, "G": G, "D": D, "E": E, "R": R, "K": K}
        mask = {"CAUSAL": is_causal, "WINDOWED": window is not None, "window": window or 0}
        ctx.arguments = sizes | mask | {"scale": scale} | LAUNCH
        output = query.new_empty(B, H, T, E)
        logsumexp = query.new_empty(B, H, T, dtype=torch.float32)
        programs = B * H * triton.cdiv(T, R)
        triton_gpu_kernels.forward[(programs,)](query, key, value, output, logsumexp, **ctx.arguments)
        ctx.save_for_backward(query, key, value, output, logsumexp)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        query, key, value, output, logsumexp = ctx.saved_tensors
        (B, H, T, _), (G, S) = query.shape, key.shape[1:3]
        # softmax's gradient needs rowsum(dP * P), which equals rowsum(dO * O)
        delta = (grad.float() * output.float()).sum(-1)  # (B, H, T)
        inputs = query, key, value, grad.contiguous(), logsumexp, delta
        d_query, d_key, d_value = torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)
        R, K = BLOCKS[query.itemsize]
        programs = B * H * triton.cdiv(T, R)
        triton_gpu_kernels.backward_query[(programs,)](*inputs, d_query, **ctx.arguments)
        programs = B * G * triton.cdiv(S, K)
        triton_gpu_kernels.backward_key_value[(programs,)](*inputs, d_key, d_value, **ctx.arguments)
        return d_query, d_key, d_value, None, None, None
