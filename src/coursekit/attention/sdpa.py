"""torch's own fused kernel: the library's rung of the ladder.

Adds one idea to `tiled.py`: somebody else's kernel, in C++ or CUDA, with the tiles in registers and caches.
That kernel knows no window and aligns causality with the first query, so where those matter it is called
for one block of queries at a time, each over the band of keys that the block sees: no T x S mask is built.
"""

import torch
from torch.nn.functional import scaled_dot_product_attention

from coursekit.attention.checks import check_inputs
from coursekit.attention.masks import additive, key_range, visible

QUERY_BLOCK = 128  # measured on a CPU core, window 512


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """`coursekit.attention.reference.attention` by torch's `scaled_dot_product_attention`.

    Args, Returns, Raises: as in `coursekit.attention.reference.attention`.

    Source: Vaswani et al. 2017, section 3.2.1, equation 1; the kernel: Dao et al. 2022, algorithm 1.
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    if attn_mask is not None:
        # a float mask, because on a CPU it is several times faster than a bool mask
        attn_mask = additive(attn_mask, query.dtype).expand(*query.shape[:3], key.shape[2])  # (B, H, T, S)
    if one_call(query, key, attn_mask, is_causal, window):
        return _kernel(query, key, value, attn_mask, scale, is_causal=is_causal and query.shape[2] > 1)
    blocks = [
        _banded(query, key, value, attn_mask, first, is_causal, scale, window)
        for first in range(0, query.shape[2], QUERY_BLOCK)
    ]
    return torch.cat(blocks, dim=2)  # (B, H, T, E)


def one_call(query, key, attn_mask, is_causal, window):
    """Does a single call of torch's kernel do, without a mask of our own?

    Args: as in `attention`.
    Returns: bool.
    """
    queries, keys = query.shape[2], key.shape[2]
    square = queries == keys and attn_mask is None
    return window is None and (not is_causal or queries == 1 or square)


def _banded(query, key, value, attn_mask, first, is_causal, scale, window):
    T, S = query.shape[2], key.shape[2]
    last = min(first + QUERY_BLOCK, T)
    start, stop = key_range(first + S - T, last - 1 + S - T, S, is_causal, window)
    if start == stop:
        return query.new_zeros(*query.shape[:2], last - first, value.shape[-1])  # (B, H, R, E)
    queries = torch.arange(first, last, device=query.device) + S - T
    mask = additive(visible(queries, torch.arange(start, stop, device=query.device), is_causal, window), query.dtype)
    if attn_mask is not None:
        mask = mask + attn_mask[:, :, first:last, start:stop]
    rows, band = slice(first, last), slice(start, stop)
    return _kernel(query[:, :, rows], key[:, :, band], value[:, :, band], mask, scale)  # (B, H, R, E)


def _kernel(query, key, value, mask, scale, is_causal=False):
    grouped = query.shape[1] != key.shape[1]
    return scaled_dot_product_attention(
        query, key, value, attn_mask=mask, is_causal=is_causal, scale=scale, enable_gqa=grouped
    )
