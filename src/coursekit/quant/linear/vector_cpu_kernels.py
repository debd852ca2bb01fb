"""The kernels of `vector_cpu.py` and `portable_cpu.py`, compiled by numba when they are first called.

Rounded inputs are read as whole numbers of 32 bits, each four of 8. `instruction` is True or None: see `add_products`.
"""

import numpy as np
from numba import njit

from coursekit.cpu import byte_lanes, lanes, rounded_inputs
from coursekit.cpu.byte_lanes import add_products, as_float, load_scales, spread, together
from coursekit.cpu.compiled import kernel
from coursekit.cpu.lanes import store
from coursekit.cpu.rounded_inputs import round_inputs


@kernel(lanes, byte_lanes, rounded_inputs)
def product(x, data, scales, lows, middle, steps, shifts, instruction, y, worker, workers):
    """y (N, tiles 16) of this worker's tiles; x (N G, g) float32, data and scales as in `PackedWeight`.

    Each worker rounds all inputs. Four tokens at a time: what is read of the weights is unpacked once for them.
    """
    tiles, groups = len(scales), scales.shape[1]
    codes = np.empty((len(x), 4 * steps * len(shifts)), np.int8)
    x_scales, x_sums = np.empty((len(x) // groups, groups), np.float32), np.empty((len(x) // groups, groups), np.int32)
    round_inputs(x, codes, x_scales.reshape(-1), x_sums.reshape(-1))
    words = codes.reshape(-1).view(np.int32)
    for tile in range(worker * tiles // workers, (worker + 1) * tiles // workers):
        n = 0
        while n + 4 <= len(y):
            _four_tokens(data, scales, lows, middle, steps, shifts, words, x_scales, x_sums, instruction, y, tile, n)
            n += 4
        while n < len(y):
            _one_token(data, scales, lows, middle, steps, shifts, words, x_scales, x_sums, instruction, y, tile, n)
            n += 1


@njit(error_model="numpy")
def _one_token(data, scales, lows, middle, steps, shifts, words, x_scales, x_sums, instruction, y, tile, n):
    """Four sums at a time, because one would wait for its last addition."""
    tiles, groups, p = len(scales), x_scales.shape[1], len(shifts)
    row, at = tile * groups * steps, n * groups * steps * p
    total = as_float(spread(0))
    for g in range(groups):
        a = spread(-middle * np.int64(x_sums[n, g]))
        b = c = d = spread(0)
        for _ in range(steps // 4):
            a = add_products(a, data, row, shifts, words, at, instruction)
            b = add_products(b, data, row + 1, shifts, words, at + p, instruction)
            c = add_products(c, data, row + 2, shifts, words, at + 2 * p, instruction)
            d = add_products(d, data, row + 3, shifts, words, at + 3 * p, instruction)
            row, at = row + 4, at + 4 * p
        for _ in range(steps % 4):
            a = add_products(a, data, row, shifts, words, at, instruction)
            row, at = row + 1, at + p
        here = tile * groups + g
        total = total + as_float(together(together(a, b), together(c, d))) * x_scales[n, g] * load_scales(scales, here)
        if len(lows):
            total = total + load_scales(lows, here) * (x_scales[n, g] * np.float32(x_sums[n, g]))
    store(y, n * tiles + tile, total)


@njit(error_model="numpy")
def _four_tokens(data, scales, lows, middle, steps, shifts, words, x_scales, x_sums, instruction, y, tile, n):
    tiles, groups, p = len(scales), x_scales.shape[1], len(shifts)
    size = groups * steps * p
    row, at = tile * groups * steps, n * size
    t = u = v = w = as_float(spread(0))
    for g in range(groups):
        a = spread(-middle * np.int64(x_sums[n, g]))
        b = spread(-middle * np.int64(x_sums[n + 1, g]))
        c = spread(-middle * np.int64(x_sums[n + 2, g]))
        d = spread(-middle * np.int64(x_sums[n + 3, g]))
        for _ in range(steps):
            a = add_products(a, data, row, shifts, words, at, instruction)
            b = add_products(b, data, row, shifts, words, at + size, instruction)
            c = add_products(c, data, row, shifts, words, at + 2 * size, instruction)
            d = add_products(d, data, row, shifts, words, at + 3 * size, instruction)
            row, at = row + 1, at + p
        scale = load_scales(scales, tile * groups + g)
        t = t + as_float(a) * x_scales[n, g] * scale
        u = u + as_float(b) * x_scales[n + 1, g] * scale
        v = v + as_float(c) * x_scales[n + 2, g] * scale
        w = w + as_float(d) * x_scales[n + 3, g] * scale
        if len(lows):
            low = load_scales(lows, tile * groups + g)
            t = t + low * (x_scales[n, g] * np.float32(x_sums[n, g]))
            u = u + low * (x_scales[n + 1, g] * np.float32(x_sums[n + 1, g]))
            v = v + low * (x_scales[n + 2, g] * np.float32(x_sums[n + 2, g]))
            w = w + low * (x_scales[n + 3, g] * np.float32(x_sums[n + 3, g]))
    store(y, n * tiles + tile, t)
    store(y, (n + 1) * tiles + tile, u)
    store(y, (n + 2) * tiles + tile, v)
    store(y, (n + 3) * tiles + tile, w)
