"""torch's own fused kernel: the library's rung of the ladder.

Adds one idea to `tiled.py`: somebody else's kernel, in C++ or CUDA, with the tiles in registers and caches.
That kernel knows no window and aligns causality with the first query. Where those matter it is called over
bands: a block of queries and the keys that the block sees, so no T x S mask is built. Inside the sequence all
bands of a window have one shape, and overlapping views of the keys make one batch of them: one call, one
small mask. At the edges, or with a mask of the caller's, there is a call for each block.
"""

from math import nan

import torch
from torch.nn.functional import scaled_dot_product_attention

from coursekit.attention.dot_product import tiled
from coursekit.attention.dot_product.checks import check_inputs
from coursekit.attention.dot_product.masks import additive, key_range, visible

QUERY_BLOCK = 64  # measured on a CPU core, as is the eighth in `_block`


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """`coursekit.attention.dot_product.reference.attention` by torch's `scaled_dot_product_attention`.

    Args, Returns, Raises: as in `coursekit.attention.dot_product.reference.attention`.

    Source: Vaswani et al. 2017, section 3.2.1, equation 1; the kernel: Dao et al. 2022, algorithm 1; blocks
        with overlapping keys: Beltagy et al. 2020 (Longformer), section 3.1, appendix A (chunks).
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    if attn_mask is not None:
        if _loses_its_sum(query, key, value, attn_mask):
            return tiled.attention(query, key, value, attn_mask, is_causal, scale, window)
        # a float mask, because on a CPU it is several times faster than a bool mask
        attn_mask = additive(attn_mask, query.dtype).expand(*query.shape[:3], key.shape[2])  # (B, H, T, S)
    if one_call(query, key, attn_mask, is_causal, window):
        return _kernel(query, key, value, attn_mask, scale, is_causal=is_causal and query.shape[2] > 1)
    T, S = query.shape[2], key.shape[2]
    begin, end = _inside(T, S, is_causal, window) if attn_mask is None else (T, T)
    before, after = range(0, begin, _block(window)), range(end, T, _block(window))
    parts = [_band(query, key, value, attn_mask, first, begin, is_causal, scale, window) for first in before]
    if begin < end:
        parts.append(_all_bands(query, key, value, begin, end, is_causal, scale, window))
    parts += [_band(query, key, value, attn_mask, first, T, is_causal, scale, window) for first in after]
    return torch.cat(parts, dim=2)  # (B, H, T, E)


def one_call(query, key, attn_mask, is_causal, window):
    """Does a single call of torch's kernel do, without a mask of our own?

    Args: as in `attention`.
    Returns: bool.
    """
    queries, keys = query.shape[2], key.shape[2]
    square = queries == keys and attn_mask is None
    return window is None and (not is_causal or queries == 1 or square)


def _block(window):
    """Queries in a band: few, so that little of the band is masked, but enough that bands overlap at most eightfold."""
    return QUERY_BLOCK if window is None else max(QUERY_BLOCK, window // 8)


def _inside(T, S, is_causal, window):
    """The range of queries, a whole number of blocks, whose windows neither end of the keys cuts off."""
    if window is None:
        return T, T
    begin = max(0, window - 1 - (S - T))
    end = T if is_causal else T - window + 1
    blocks = max(0, end - begin) // _block(window)
    return (begin, begin + blocks * _block(window)) if blocks else (T, T)


def _all_bands(query, key, value, begin, end, is_causal, scale, window):
    """Queries begin..end-1, in blocks of R; each sees K keys, and the next block's start R keys later."""
    (B, H, T, _), (G, S) = query.shape, key.shape[1:3]
    R = _block(window)
    K = R + window - 1 if is_causal else R + 2 * (window - 1)
    start = begin + S - T - (window - 1)
    keys = slice(start, start + end - begin - R + K)

    def bands(x):
        x = x[:, :, keys]  # (B, G, ., D)
        x = x.repeat_interleave(H // G, dim=1) if G < H else x  # (B, H, ., D)
        return x.flatten(0, 1).unfold(1, K, R).transpose(-2, -1)  # (B H, N, D, K) -> (B H, N, K, D), a view

    # neighbouring bands in the dimension of the heads: the kernel finds what they share in the cache
    blocks = query[:, :, begin:end].flatten(0, 1).unflatten(1, (-1, R))  # (B H, N, R, D)
    rows, columns = torch.arange(R, device=query.device) + window - 1, torch.arange(K, device=query.device)
    mask = additive(visible(rows, columns, is_causal, window), query.dtype)  # (R, K)
    y = _kernel(blocks, bands(key), bands(value), mask, scale)  # (B H, N, R, E)
    return y.flatten(1, 2).unflatten(0, (B, H))  # (B H, N R, E) -> (B, H, N R, E)


def _band(query, key, value, attn_mask, first, end, is_causal, scale, window):
    T, S = query.shape[2], key.shape[2]
    last = min(first + _block(window), end)
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
    if scale is not None and scale <= 0:  # of which torch's CPU kernel makes NaN where keys are hidden
        query, scale = scale * query, 1.0
    y = scaled_dot_product_attention(
        query, key, value, attn_mask=mask, is_causal=is_causal, scale=scale, enable_gqa=grouped
    )
    # the CPU's kernel hides a NaN in a query behind finite numbers; a sum tells whether there is one to look for
    if query.device.type == "cpu" and query.detach().sum().isnan():
        y = y.masked_fill(query.isnan().any(-1, keepdim=True), nan)
    return y


def _loses_its_sum(query, key, value, attn_mask):
    """Would torch's backward pass take the wrong sum for some row?

    It keeps m + log l alone; where a float mask is low in all of a row, the sum l disappears beside the maximum m.
    """
    if not attn_mask.is_floating_point() or not torch.is_grad_enabled():
        return False
    if not any(x.requires_grad for x in (query, key, value, attn_mask)):
        return False
    highest = attn_mask.amax(-1)
    return bool(((highest < -(torch.finfo(highest.dtype).eps ** -0.5)) & highest.isfinite()).any())
