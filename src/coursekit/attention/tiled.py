"""The FlashAttention schedule in plain torch: tiles of scores, an online softmax, recomputation backwards.

Adds one idea to the reference: softmax can be taken block by block of keys, if the running maximum and the
running sum are kept and earlier results are faded whenever the maximum grows. The T x S scores then never
exist together; tiles that no query of the block may see are never computed.
Leaves out what makes the GPU kernel fast: tiles in on-chip memory, one fused kernel, and not copying the
keys of grouped heads. FLOPs are not saved, memory is.

Scores are counted in bits, not nats (their factor holds log2 e), because exp2 is cheaper than exp.
"""

from math import e, log2

import torch
from torch.autograd.function import once_differentiable

from coursekit.attention.checks import check_inputs
from coursekit.attention.masks import additive, key_range, visible

QUERY_BLOCK, KEY_BLOCK = 128, 256  # B_r and B_c of the paper; measured on a CPU core


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """`coursekit.attention.reference.attention` with memory linear in the lengths.

    For each block of queries, over blocks j of keys (m running maximum, l running sum, o running output):

        m' = max(m, rowmax(S_j))                        S_j = log2(e) Q K_j^T / sqrt(D)
        l' = 2^(m - m') l + rowsum(2^(S_j - m'))
        o' = 2^(m - m') o + 2^(S_j - m') V_j            at the end O = o / l, L = m + log2 l

    Only O and L are kept for the backward pass, which recomputes 2^(S - L) tile by tile.

    Args, Returns, Raises: as in `coursekit.attention.reference.attention`. Half precision accumulates in
        float32. Gradients: query, key, value and a float mask (whose gradient is as large as all scores).
        Second derivatives are not available.

    Source: Dao et al. 2022, algorithm 1; loop order and logsumexp: Dao 2023, algorithms 1 and 2.
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    B, H, T, D = query.shape
    G, S = key.shape[1:3]
    key, value = (x.repeat_interleave(H // G, dim=1) if G < H else x for x in (key, value))  # (B, H, S, D)
    if attn_mask is not None:
        attn_mask = attn_mask.expand(B, H, T, S)
    scale = D**-0.5 if scale is None else scale
    return _Tiled.apply(query, key, value, attn_mask, is_causal, scale, window)


class _Tiled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, query, key, value, attn_mask, is_causal, scale, window):
        precision = torch.promote_types(query.dtype, torch.float32)
        output = query.new_empty(*query.shape[:3], value.shape[-1])  # (B, H, T, E)
        logsumexp = query.new_empty(*query.shape[:3], 1, dtype=precision)  # (B, H, T, 1)
        for rows, tiles in _schedule(query.shape[2], key.shape[2], is_causal, window):
            block = scale * log2(e) * query[:, :, rows].to(precision)  # (B, H, R, D)
            # 1. nothing seen yet; the lowest finite number instead of -inf keeps every difference defined
            m = torch.full_like(block[..., :1], torch.finfo(precision).min)  # (B, H, R, 1)
            l = torch.zeros_like(m)
            o = block.new_zeros(*block.shape[:3], value.shape[-1])  # (B, H, R, E)
            for columns, hidden in tiles:
                # 2. one tile of scores
                s = _scores(block, key, attn_mask, rows, columns, hidden)  # (B, H, R, K)
                # 3. the maximum grows, and what was summed with the old one fades
                higher = torch.maximum(m, s.amax(-1, keepdim=True))
                fade = (m - higher).exp2_()
                # 4. add this tile's share
                p = s.sub_(higher).exp2_()
                l = l.mul_(fade).add_(p.sum(-1, keepdim=True))
                o = o.mul_(fade).add_(p @ value[:, :, columns].to(precision))
                m = higher
            # 5. divide once, at the end; a row that saw nothing has l = 0 and stays zero
            l.masked_fill_(l == 0, 1)
            output[:, :, rows] = o.div_(l)
            logsumexp[:, :, rows] = m + l.log2()
        ctx.save_for_backward(query, key, value, attn_mask, output, logsumexp)
        ctx.options = is_causal, scale, window
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        query, key, value, attn_mask, output, logsumexp = ctx.saved_tensors
        is_causal, scale, window = ctx.options
        precision = logsumexp.dtype
        d_query = torch.empty_like(query)
        d_key, d_value = torch.zeros_like(key, dtype=precision), torch.zeros_like(value, dtype=precision)
        d_mask = torch.zeros_like(attn_mask) if ctx.needs_input_grad[3] else None
        for rows, tiles in _schedule(query.shape[2], key.shape[2], is_causal, window):
            block = scale * log2(e) * query[:, :, rows].to(precision)  # (B, H, R, D)
            d_o = grad[:, :, rows].to(precision)  # (B, H, R, E)
            # 1. softmax's gradient needs rowsum(dP * P), which equals rowsum(dO * O)
            delta = (d_o * output[:, :, rows]).sum(-1, keepdim=True)  # (B, H, R, 1)
            d_q = torch.zeros_like(block)
            for columns, hidden in tiles:
                k, v = key[:, :, columns].to(precision), value[:, :, columns].to(precision)  # (B, H, K, D)
                # 2. the weights again, from the scores and L
                s = _scores(block, key, attn_mask, rows, columns, hidden)  # (B, H, R, K)
                p = s.sub_(logsumexp[:, :, rows]).exp2_()
                # 3. back through P V, the softmax, and Q K^T
                d_value[:, :, columns] += p.transpose(-2, -1) @ d_o
                d_s = (d_o @ v.transpose(-2, -1)).sub_(delta).mul_(p)  # (B, H, R, K)
                d_q += d_s @ k
                d_key[:, :, columns] += d_s.transpose(-2, -1) @ block.div(log2(e))
                if d_mask is not None:
                    d_mask[:, :, rows, columns] = d_s
            d_query[:, :, rows] = d_q.mul_(scale)
        return d_query, d_key.to(key.dtype), d_value.to(value.dtype), d_mask, None, None, None


def _schedule(T, S, is_causal, window):
    """Blocks of queries, each with the tiles that it sees: (rows, [(columns, hidden or None)])."""
    for first in range(0, T, QUERY_BLOCK):
        last = min(first + QUERY_BLOCK, T)
        start, stop = key_range(first + S - T, last - 1 + S - T, S, is_causal, window)
        tiles = []
        for left in range(start, stop, KEY_BLOCK):
            right = min(left + KEY_BLOCK, stop)
            seen = visible(torch.arange(first, last) + S - T, torch.arange(left, right), is_causal, window)  # (R, K)
            tiles.append((slice(left, right), None if seen.all() else ~seen))
        yield slice(first, last), tiles


def _scores(block, key, attn_mask, rows, columns, hidden):
    """One tile of masked scores, in bits; `block` is already scaled."""
    scores = block @ key[:, :, columns].to(block.dtype).transpose(-2, -1)  # (B, H, R, K)
    if hidden is not None:
        scores.masked_fill_(hidden.to(scores.device), float("-inf"))
    if attn_mask is not None:
        scores += log2(e) * additive(attn_mask[:, :, rows, columns], scores.dtype)
    return scores
