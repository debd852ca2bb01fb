"""The kernels of `vector_cpu.py` and `portable_cpu.py`, compiled by numba when they are first called.

Tokens in sixteens: scores of sixteen at once, then their shares of the mixture. `instruction` is True or None: see
`add_products`.
"""

import numpy as np
from numba import njit

from coursekit.cpu import byte_lanes, exponentials, lanes, rounded_inputs
from coursekit.cpu.byte_lanes import (
    SUMS,
    add_products,
    as_float,
    highest,
    larger,
    load_scales,
    spread,
    store_14_bits,
    together,
)
from coursekit.cpu.compiled import kernel
from coursekit.cpu.exponentials import exp2
from coursekit.cpu.lanes import load_narrow, store, total
from coursekit.cpu.rounded_inputs import round_inputs

_SMALLEST = np.float32(2.0**-100)  # a weight below counts as 0


@kernel(lanes, byte_lanes, exponentials, rounded_inputs)
def attend(
    query, factor, keys, values, key_scales, key_lows, value_scales, value_lows, length, shifts, share, causal,
    instruction, y, worker, workers,
):  # fmt: skip
    """y (B Q, L, C), of this worker's heads.

    query (B Q L, C) float32; factor: log2 e / sqrt(C). keys (B H, tiles, rows, 64) and values (B H, steps, rows, 64):
    uint8, as `PackedCache` has them; scales and lows (B H tiles, 16): half precision as uint16. share: Q / H.
    """
    queries = np.empty(query.shape, np.int8)
    q_scales, q_sums = np.empty(y.shape[:2], np.float32), np.empty(y.shape[:2], np.int32)
    round_inputs(query, queries, q_scales.reshape(-1), q_sums.reshape(-1))
    words = queries.reshape(-1).view(np.int32).reshape(len(query), -1)
    heads, L = q_scales.shape
    tiles = keys.shape[1]
    scores, scales = np.empty(tiles * SUMS, np.float32), np.empty(tiles, np.float32)
    high, low = np.empty(tiles * SUMS, np.int8), np.empty(tiles * SUMS, np.int8)
    for head in range(worker * heads // workers, (worker + 1) * heads // workers):
        cached = head // share  # rows of B Q, and of B H
        for l in range(L):
            seen = length - L + l + 1 if causal else length
            q = words[head * L + l]
            scale, q_sum = q_scales[head, l] * factor, q_sums[head, l]
            largest = _score(keys, key_scales, key_lows, cached, seen, shifts, q, scale, q_sum, instruction, scores)
            used = scales[: -(-seen // SUMS)]
            every, mixed = _share(value_scales, value_lows, cached * tiles, scores, largest, used, high, low)
            shares = high.view(np.int32), low.view(np.int32)
            _mix(values, cached, shifts, used, *shares, every, mixed, instruction, y[head, l])


@njit(error_model="numpy")
def _score(keys, scales, lows, cached, seen, shifts, query, scale, q_sum, instruction, scores):
    """scores_t = scale (d_t sum_c a_tc k_c + m_t sum_c k_c), far below all others where no token is; the largest."""
    p, tiles, steps, whole = len(shifts), keys.shape[1], keys.shape[2], seen // SUMS
    low = scale * np.float32(q_sum)
    largest = as_float(spread(0)) + np.float32(-3e38)
    for tile in range(-(-seen // SUMS)):
        row, at = (cached * tiles + tile) * steps, 0
        a = b = spread(0)
        for _ in range(steps // 2):  # two sums, because one would wait for its last addition
            a = add_products(a, keys, row, shifts, query, at, instruction)
            b = add_products(b, keys, row + 1, shifts, query, at + p, instruction)
            row, at = row + 2, at + 2 * p
        here = cached * tiles + tile
        s = as_float(together(a, b)) * load_scales(scales, here) * scale + load_scales(lows, here) * low
        store(scores, tile, s)
        if tile < whole:
            largest = larger(largest, s)
    most = highest(largest)
    for t in range(whole * SUMS, seen):
        most = max(most, scores[t])
    for t in range(seen, -(-seen // SUMS) * SUMS):
        scores[t] = np.float32(-1e30)
    return most


@njit(error_model="numpy")
def _share(scales, lows, first, scores, largest, steps, high, low):
    """p_t = 2^(s_t - max s); of sixteen p_t d'_t the step, and 14 bits each. sum p_t, and sum p_t m'_t."""
    every = mixed = as_float(spread(0))
    for tile in range(len(steps)):
        p = exp2(load_narrow(scores, tile) + -largest)
        every, mixed = every + p, mixed + p * load_scales(lows, first + tile)
        w = p * load_scales(scales, first + tile)
        most = highest(w)
        steps[tile] = most * np.float32(1 / 16383)
        # what is too small to divide by counts as 0
        store_14_bits(high, low, tile, w * (np.float32(16383) / most if most > _SMALLEST else np.float32(0)))
    return total(every), total(mixed)


@njit(error_model="numpy")
def _mix(values, cached, shifts, scales, high, low, every, mixed, instruction, y):
    """y_c = (sum_t w_t b_tc + mixed) / every, 32 channels at a time: 16 tokens in whole numbers, then their scale."""
    p, rows = len(shifts), values.shape[2]
    for i in range(0, rows, 2):
        t = u = as_float(spread(0)) + mixed
        for tile in range(len(scales)):
            a = b = c = d = spread(0)
            first = (cached * values.shape[1] + tile * 4 // p) * rows + i
            for step in range(4 // p):
                row, at = first + step * rows, 4 * tile + step * p
                a = add_products(a, values, row, shifts, high, at, instruction)
                b = add_products(b, values, row, shifts, low, at, instruction)
                c = add_products(c, values, row + 1, shifts, high, at, instruction)
                d = add_products(d, values, row + 1, shifts, low, at, instruction)
            t = t + (as_float(a) * np.float32(128) + as_float(b)) * scales[tile]
            u = u + (as_float(c) * np.float32(128) + as_float(d)) * scales[tile]
        store(y, i, t * (np.float32(1) / every))
        store(y, i + 1, u * (np.float32(1) / every))
