"""The FlashAttention schedule in plain torch: tiles of scores, an online softmax, recomputation backwards.

Adds one idea to the reference: softmax can be taken block by block of keys, if the running maximum and the
running sum are kept and earlier results are faded whenever the maximum grows. The T x S scores then never
exist together; tiles that no query of the block may see are never computed. A few heads are done at a time,
in a tile that is written over and over, so that it stays in the processor's cache.
Leaves out what makes the GPU kernel fast: on-chip memory that the program manages, and one fused kernel
in place of a torch call for each line. FLOPs are not saved, memory is.

Scores are counted in bits, not nats (their factor holds log2 e), because exp2 is cheaper than exp.
"""

from math import e, inf, log2

import torch
from torch.autograd.function import once_differentiable

from coursekit.attention.dot_product.checks import check_inputs
from coursekit.attention.dot_product.masks import additive, key_range, visible

QUERY_BLOCK, KEY_BLOCK = 256, 256  # B_r and B_c of the paper; measured on a CPU core
HEADS = 4  # heads at a time where the blocks are full: a tile of 1 MiB in float32


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """`coursekit.attention.dot_product.reference.attention` with memory linear in the lengths.

    For each block of queries, over blocks j of keys (m running maximum, l running sum, o running output):

        m' = max(m, rowmax(S_j))                        S_j = log2(e) Q K_j^T / sqrt(D)
        l' = 2^(m - m') l + rowsum(2^(S_j - m'))
        o' = 2^(m - m') o + 2^(S_j - m') V_j            at the end O = o / l, L = m + log2 l

    Only O and L are kept for the backward pass, which recomputes 2^(S - L) tile by tile, and for each row what rounding
    took from L: where a mask holds the lowest finite number everywhere, log2 l disappears beside m.

    Args, Returns, Raises: as in `coursekit.attention.dot_product.reference.attention`. Half precision accumulates in
        float32. Gradients: query, key, value and a float mask (whose gradient is as large as all scores).
        Second derivatives are not available.

    Source: Dao et al. 2022, algorithm 1; loop order and logsumexp: Dao 2023, algorithms 1 and 2.
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    B, H, T, D = query.shape
    if attn_mask is not None:
        attn_mask = attn_mask.expand(B, H, T, key.shape[2])
    scale = D**-0.5 if scale is None else scale
    return _Tiled.apply(query, key, value, attn_mask, is_causal, scale, window)


class _Tiled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, query, key, value, attn_mask, is_causal, scale, window):
        precision = torch.promote_types(query.dtype, torch.float32)
        output = query.new_empty(*query.shape[:3], value.shape[-1])  # (B, H, T, E)
        logsumexp = query.new_empty(*query.shape[:3], 1, dtype=precision)  # (B, H, T, 1)
        rounded = torch.empty_like(logsumexp)  # (B, H, T, 1), sum of 2^(S - L): 1 but for rounding
        tile = query.new_empty(0, dtype=precision)
        for head, kv_head in _groups(query, key):
            q, k, v = query[head], key[kv_head].to(precision), value[kv_head].to(precision)  # (h, T or S, D)
            for rows, tiles in _schedule(query.shape[2], key.shape[2], is_causal, window):
                block = scale * log2(e) * q[:, rows].to(precision)  # (h, R, D)
                # 1. nothing seen yet; the lowest finite number instead of -inf keeps every difference defined
                m = torch.full_like(block[..., :1], torch.finfo(precision).min)  # (h, R, 1)
                l = torch.zeros_like(m)
                o = block.new_zeros(*block.shape[:2], v.shape[-1])  # (h, R, E)
                for columns, hidden in tiles:
                    # 2. one tile of scores
                    mask = None if attn_mask is None else attn_mask[(*head, rows, columns)]
                    s = _scores(block, k[:, columns], mask, hidden, tile)  # (h, R, K)
                    # 3. the maximum grows, and what was summed with the old one fades
                    higher = torch.maximum(m, s.amax(-1, keepdim=True))
                    fade = (m - higher).exp2_()
                    # 4. add this tile's share
                    p = s.sub_(higher).exp2_()
                    l = l.mul_(fade).add_(p.sum(-1, keepdim=True))
                    o = o.mul_(fade).baddbmm_(p, v[:, columns])
                    m = higher
                # 5. divide once, at the end; a row that saw nothing has l = 0 and stays zero
                l.masked_fill_(l == 0, 1)
                L = m + l.log2()
                logsumexp[(*head, rows)], rounded[(*head, rows)] = L, l * (m - L).exp2()
                output[(*head, rows)] = o.div_(l).to(output.dtype)
        ctx.save_for_backward(query, key, value, attn_mask, output, logsumexp, rounded)
        ctx.options = is_causal, scale, window
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        query, key, value, attn_mask, output, logsumexp, rounded = ctx.saved_tensors
        is_causal, scale, window = ctx.options
        precision = logsumexp.dtype
        d_query = torch.empty_like(query)
        d_key, d_value = torch.zeros_like(key, dtype=precision), torch.zeros_like(value, dtype=precision)
        d_mask = torch.zeros_like(attn_mask) if ctx.needs_input_grad[3] else None
        tile, d_tile = query.new_empty(0, dtype=precision), query.new_empty(0, dtype=precision)
        for head, kv_head in _groups(query, key):
            q, k, v = query[head], key[kv_head].to(precision), value[kv_head].to(precision)  # (h, T or S, D)
            d_k, d_v = torch.zeros_like(k), torch.zeros_like(v)
            for rows, tiles in _schedule(query.shape[2], key.shape[2], is_causal, window):
                block = scale * log2(e) * q[:, rows].to(precision)  # (h, R, D)
                d_o = grad[(*head, rows)].to(precision) / rounded[(*head, rows)]  # (h, R, E)
                # 1. softmax's gradient needs rowsum(dP * P), which equals rowsum(dO * O)
                delta = (d_o * output[(*head, rows)]).sum(-1, keepdim=True)  # (h, R, 1)
                d_q = torch.zeros_like(block)
                for columns, hidden in tiles:
                    # 2. the weights again, from the scores and L
                    mask = None if attn_mask is None else attn_mask[(*head, rows, columns)]
                    s = _scores(block, k[:, columns], mask, hidden, tile)  # (h, R, K)
                    p = s.sub_(logsumexp[(*head, rows)]).exp2_()
                    # 3. back through P V, the softmax, and Q K^T
                    d_v[:, columns].baddbmm_(p.mT, d_o)
                    d_s = _product(d_o, v[:, columns].mT, d_tile).sub_(delta).mul_(p)  # (h, R, K)
                    d_q.baddbmm_(d_s, k[:, columns])
                    d_k[:, columns].baddbmm_(d_s.mT, block)
                    if d_mask is not None:
                        d_mask[(*head, rows, columns)] = d_s
                d_query[(*head, rows)] = d_q.mul_(scale).to(query.dtype)
            # 4. the query heads of a group add up; `block` held log2 e
            d_key.index_put_(kv_head, d_k.div_(log2(e)), accumulate=True)
            d_value.index_put_(kv_head, d_v, accumulate=True)
        return d_query, d_key.to(key.dtype), d_value.to(value.dtype), d_mask, None, None, None


def _groups(query, key):
    """Heads that are done at a time: their (batch, head) indices, and those of their keys and values."""
    (B, H, T, _), (G, S) = query.shape, key.shape[1:3]
    full = HEADS * QUERY_BLOCK * KEY_BLOCK
    heads = full // (min(T, QUERY_BLOCK) * min(S, KEY_BLOCK))  # short sequences: more at a time
    for group in torch.arange(B * H, device=query.device).split(heads):
        yield (group // H, group % H), (group // H, group % H // (H // G))


def _schedule(T, S, is_causal, window):
    """Blocks of queries, each with the tiles that it sees: (rows, [(columns, hidden or None)])."""
    for first in range(0, T, QUERY_BLOCK):
        last = min(first + QUERY_BLOCK, T)
        start, stop = key_range(first + S - T, last - 1 + S - T, S, is_causal, window)
        # what all queries of the block see: from where the last one starts to where the first one stops
        inner_start, _ = key_range(last - 1 + S - T, last - 1 + S - T, S, is_causal, window)
        _, inner_stop = key_range(first + S - T, first + S - T, S, is_causal, window)
        tiles = []
        for left in range(start, stop, KEY_BLOCK):
            right = min(left + KEY_BLOCK, stop)
            hidden = None
            if left < inner_start or inner_stop < right:
                queries, keys = torch.arange(first, last) + S - T, torch.arange(left, right)
                hidden = additive(visible(queries, keys, is_causal, window), torch.float32)  # (R, K)
            tiles.append((slice(left, right), hidden))
        yield slice(first, last), tiles


def _scores(block, key, mask, hidden, tile):
    """One tile of masked scores, in bits, written over `tile`; `block` is already scaled."""
    scores = _product(block, key.mT, tile)  # (h, R, K)
    if hidden is not None:
        scores += hidden.to(scores.device)
    if mask is not None:
        bias = additive(mask, scores.dtype)
        # the lowest finite number stays finite: it hides a key only beside one that is seen
        scores += (log2(e) * bias).clamp_(min=torch.finfo(bias.dtype).min).masked_fill_(bias == float("-inf"), -inf)
    return scores


def _product(a, b, tile):
    """a b, in the memory of `tile`: asking for new memory each time costs a tenth of the whole."""
    return torch.bmm(a, b, out=tile.resize_(0))
