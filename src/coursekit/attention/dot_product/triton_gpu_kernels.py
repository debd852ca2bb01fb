"""The kernels of `triton_gpu.py`: what one program does with its block, and the helpers that they share.

Every tensor is contiguous. A tile has R queries, numbered i, and K keys, numbered j; query i stands at position
i + S - T. Names in capitals are tensors in the GPU's memory, or numbers that are compiled in.
"""

from math import e, log2

import torch
import triton
import triton.language as tl

_LOG2E = tl.constexpr(log2(e))
_LOWEST = tl.constexpr(torch.finfo(torch.float32).min)


@triton.jit
def forward(
    QUERY, KEY, VALUE, OUTPUT, LOGSUMEXP, T, S, H, G, scale, window, CAUSAL: tl.constexpr, WINDOWED: tl.constexpr,
    D: tl.constexpr, E: tl.constexpr, R: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """R rows of O and of L = m + log2 l. Dao 2023, algorithm 1; the numbers are those of `tiled.py`."""
    head, top = _program(T, R)
    kv_head = head // (H // G)
    i = top + tl.arange(0, R)
    q = _load(QUERY, head, i, T, D)  # (R, D)
    # 1. nothing seen yet
    m = tl.full([R], _LOWEST, tl.float32)
    l = tl.zeros([R], tl.float32)
    o = tl.zeros([R, E], tl.float32)
    start, stop = _keys(top, T, S, window, CAUSAL, WINDOWED, R)
    for left in range(start, stop, K):
        # 2. one tile of scores
        j = left + tl.arange(0, K)
        s = tl.dot(q, tl.trans(_load(KEY, kv_head, j, S, D)), input_precision="ieee") * (scale * _LOG2E)  # (R, K)
        s = _masked(s, i[:, None], j[None, :], T, S, window, CAUSAL, WINDOWED)
        # 3. the maximum grows, and what was summed with the old one fades
        higher = tl.maximum(m, tl.max(s, 1))
        fade = tl.exp2(m - higher)
        # 4. add this tile's share
        p = tl.exp2(s - higher[:, None])
        v = _load(VALUE, kv_head, j, S, E)  # (K, E)
        l = l * fade + tl.sum(p, 1)
        o = o * fade[:, None] + tl.dot(p.to(v.dtype), v, input_precision="ieee")
        m = higher
    # 5. divide once, at the end; a row that saw nothing has l = 0 and stays zero
    l = tl.where(l == 0, 1.0, l)
    _store(OUTPUT, o / l[:, None], head, i, T, E)
    tl.store(LOGSUMEXP + head * T + i, m + tl.log2(l), mask=i < T)


@triton.jit
def backward_query(
    QUERY, KEY, VALUE, GRAD, LOGSUMEXP, DELTA, D_QUERY, T, S, H, G, scale, window, CAUSAL: tl.constexpr,
    WINDOWED: tl.constexpr, D: tl.constexpr, E: tl.constexpr, R: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """R rows of dQ = scale dS K with dS = P * (dO V^T - delta). Dao 2023, algorithm 2, line 15."""
    head, top = _program(T, R)
    kv_head = head // (H // G)
    i = top + tl.arange(0, R)
    q, d_o, lse, delta = _load_queries(QUERY, GRAD, LOGSUMEXP, DELTA, head, i, T, D, E)
    d_q = tl.zeros([R, D], tl.float32)
    start, stop = _keys(top, T, S, window, CAUSAL, WINDOWED, R)
    for left in range(start, stop, K):
        j = left + tl.arange(0, K)
        k, v = _load(KEY, kv_head, j, S, D), _load(VALUE, kv_head, j, S, E)
        s = tl.dot(q, tl.trans(k), input_precision="ieee") * (scale * _LOG2E)  # (R, K)
        p = tl.exp2(_masked(s, i[:, None], j[None, :], T, S, window, CAUSAL, WINDOWED) - lse[:, None])
        d_s = p * (tl.dot(d_o, tl.trans(v), input_precision="ieee") - delta[:, None])  # (R, K)
        d_q += tl.dot(d_s.to(k.dtype), k, input_precision="ieee")
    _store(D_QUERY, d_q * scale, head, i, T, D)


@triton.jit
def backward_key_value(
    QUERY, KEY, VALUE, GRAD, LOGSUMEXP, DELTA, D_KEY, D_VALUE, T, S, H, G, scale, window, CAUSAL: tl.constexpr,
    WINDOWED: tl.constexpr, D: tl.constexpr, E: tl.constexpr, R: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """K rows of dK = scale dS^T Q and dV = P^T dO, over all query heads of the group. Algorithm 2, lines 12, 16."""
    kv_head, left = _program(S, K)
    j = left + tl.arange(0, K)
    k, v = _load(KEY, kv_head, j, S, D), _load(VALUE, kv_head, j, S, E)
    d_k, d_v = tl.zeros([K, D], tl.float32), tl.zeros([K, E], tl.float32)
    start, stop = _queries(left, T, S, window, CAUSAL, WINDOWED, K)
    for member in range(H // G):
        head = kv_head * (H // G) + member
        for top in range(start, stop, R):
            i = top + tl.arange(0, R)
            q, d_o, lse, delta = _load_queries(QUERY, GRAD, LOGSUMEXP, DELTA, head, i, T, D, E)
            # the tile lies on its side, so that only what was loaded is transposed
            s = tl.dot(k, tl.trans(q), input_precision="ieee") * (scale * _LOG2E)  # (K, R)
            p = tl.exp2(_masked(s, i[None, :], j[:, None], T, S, window, CAUSAL, WINDOWED) - lse[None, :])
            d_v += tl.dot(p.to(d_o.dtype), d_o, input_precision="ieee")
            d_s = p * (tl.dot(v, tl.trans(d_o), input_precision="ieee") - delta[None, :])  # (K, R)
            d_k += tl.dot(d_s.to(q.dtype), q, input_precision="ieee")
    _store(D_KEY, d_k * scale, kv_head, j, S, D)
    _store(D_VALUE, d_v, kv_head, j, S, E)


@triton.jit
def _program(length, SIZE: tl.constexpr):
    """This program's head, counted over the batch, and the first row of its block."""
    blocks = tl.cdiv(length, SIZE)
    return (tl.program_id(0) // blocks).to(tl.int64), tl.program_id(0) % blocks * SIZE


@triton.jit
def _masked(scores, i, j, T, S, window, CAUSAL: tl.constexpr, WINDOWED: tl.constexpr):
    """Minus infinity where `masks.visible` says no, and beyond the last key; i and j broadcast.

    Queries beyond the last one need none: they were loaded as zeros, and so was their part of dO.
    """
    distance = i + S - T - j
    seen = j < S
    if CAUSAL:
        seen &= distance >= 0
    if WINDOWED:
        seen &= (distance < window) & (-distance < window)
    return tl.where(seen, scores, float("-inf"))


@triton.jit
def _keys(top, T, S, window, CAUSAL: tl.constexpr, WINDOWED: tl.constexpr, R: tl.constexpr):
    """The keys (start, stop) that some query of the block sees: `masks.key_range`."""
    start, stop = 0, S
    if WINDOWED:
        start = tl.maximum(top + S - T - window + 1, 0)
    if CAUSAL:
        stop = tl.minimum(top + R + S - T, S)
    elif WINDOWED:
        stop = tl.minimum(top + R - 1 + S - T + window, S)
    return start, stop


@triton.jit
def _queries(left, T, S, window, CAUSAL: tl.constexpr, WINDOWED: tl.constexpr, K: tl.constexpr):
    """The queries (start, stop) that see some key of the block."""
    start, stop = 0, T
    if CAUSAL:
        start = tl.maximum(left - (S - T), 0)
    elif WINDOWED:
        start = tl.maximum(left - window + 1 - (S - T), 0)
    if WINDOWED:
        stop = tl.minimum(left + K - 1 + window - (S - T), T)
    return start, stop


@triton.jit
def _load_queries(QUERY, GRAD, LOGSUMEXP, DELTA, head, i, T, D: tl.constexpr, E: tl.constexpr):
    q, d_o = _load(QUERY, head, i, T, D), _load(GRAD, head, i, T, E)
    lse = tl.load(LOGSUMEXP + head * T + i, mask=i < T, other=0.0)
    return q, d_o, lse, tl.load(DELTA + head * T + i, mask=i < T, other=0.0)


@triton.jit
def _load(X, head, rows, length, WIDTH: tl.constexpr):
    """Rows of one head's (length, WIDTH) matrix; zeros beyond its end."""
    at = (head * length + rows)[:, None] * WIDTH + tl.arange(0, WIDTH)[None, :]
    return tl.load(X + at, mask=(rows < length)[:, None], other=0.0)


@triton.jit
def _store(X, block, head, rows, length, WIDTH: tl.constexpr):
    at = (head * length + rows)[:, None] * WIDTH + tl.arange(0, WIDTH)[None, :]
    tl.store(X + at, block.to(X.dtype.element_ty), mask=(rows < length)[:, None])
