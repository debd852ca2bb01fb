"""Inputs rounded to 8 bits, as products of bytes take them: for a row the largest becomes 127.

t = max |x| / 127,    k = round(x (127 / max |x|)), halves to even
"""

import numpy as np
from numba import njit

from coursekit.cpu.compiled import kernel

_ROUND = np.float32(1.5 * 2**23)  # added and taken away, it leaves whole numbers, halves to even
_INFINITE, _SMALLEST = np.int32(0x7F800000), np.int32((127 - 120) << 23)  # the bits of infinity and of 2^-120


@kernel()
def round_inputs(x, codes, scales, sums):
    """k, t and the sum of k, for each row.

    Args:
        x: (rows, g) float32.
        codes: k, (rows, at least g) int8; the rest becomes 0.
        scales: t, (rows,); 0 where all are below 2^-120, NaN where one is not finite.
        sums: (rows,) int32.
    """
    bits = x.view(np.int32)
    for row in range(len(x)):
        largest = np.int32(0)
        for c in range(x.shape[1]):  # floats without their sign are in the order of their bits, what is no number last
            largest = max(largest, bits[row, c] & np.int32(0x7FFFFFFF))
        if largest >= _INFINITE or largest < _SMALLEST:
            codes[row] = 0
            sums[row], scales[row] = 0, np.float32(np.nan if largest >= _INFINITE else 0)
            continue
        size = np.int32(largest).view(np.float32)
        _round(x[row], np.float32(127) / size, codes[row])
        total = np.int32(0)
        for c in range(x.shape[1]):
            total += codes[row, c]
        codes[row, x.shape[1] :] = 0
        sums[row], scales[row] = total, size / np.float32(127)


@njit(error_model="numpy")
def _round(x, factor, codes):
    for c in range(len(x)):
        codes[c] = np.int8(np.int32((x[c] * factor + _ROUND) - _ROUND))
