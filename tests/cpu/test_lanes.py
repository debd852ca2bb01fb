"""Lanes against numpy, number by number."""

import numpy as np
import pytest
from numba import njit

from coursekit.cpu.lanes import NARROW, SIDE, WIDTH, fold_far, fold_near, load, load_narrow, store, total, turn_square

DTYPES = (np.float32, np.float64)


@njit
def combined(a, b, number, out):
    # row 1 of a and row 0 of b
    store(out, 1, load(a, 1) * load(b, 0) + load(a, 0) * number + number)


@njit
def summed(a, row):
    return total(load(a, row))


@njit
def folded(a, out):
    store(out, 0, fold_near(load_narrow(a, 0), load_narrow(a, 1)))
    store(out, 1, fold_far(load_narrow(a, 0), load_narrow(a, 1)))


@njit
def turned(source, start, stride, target, turned_start, turned_stride):
    turn_square(source, start, stride, target, turned_start, turned_stride, 1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arithmetic_reads_and_writes_a_row(dtype):
    a, b = np.arange(2.0 * WIDTH).reshape(2, WIDTH).astype(dtype), np.full((1, WIDTH), 3, dtype)
    out = np.zeros((3, WIDTH), dtype)
    combined(a, b, dtype(0.5), out)
    # whole numbers and halves below 2^24: exact
    np.testing.assert_array_equal(out[1], a[1] * 3 + a[0] / 2 + 0.5)
    assert not out[[0, 2]].any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_sum_counts_every_lane_once(dtype):
    # 1 + 2 + .. + 64 = 64 * 65 / 2 = 2080 in the second row; a power of two for each of eight lanes tells them apart
    a = np.zeros((2, WIDTH), dtype)
    a[1] = np.arange(1, WIDTH + 1)
    assert summed(a, 1) == WIDTH * (WIDTH + 1) / 2
    for first in range(0, WIDTH, 8):
        a[0] = 0
        a[0, first : first + 8] = 2.0 ** np.arange(8)
        assert summed(a, 0) == 255


@pytest.mark.parametrize("dtype", DTYPES)
def test_folds_add_neighbours_and_keep_their_order(dtype):
    a = np.stack([np.arange(NARROW), 100 + np.arange(NARROW)]).astype(dtype)
    out = np.zeros((2, NARROW), dtype)
    folded(a, out)
    # near: 0+1, 2+3 of the first row, then 100+101, 102+103 of the second; four lanes on, the same with 4 .. 7
    np.testing.assert_array_equal(out[0, :8], [1, 5, 201, 205, 9, 13, 209, 213])
    # far: 0+4, 1+5, 2+6, 3+7, 8+12, .. of the first row, then of the second
    np.testing.assert_array_equal(out[1], [4, 6, 8, 10, 20, 22, 24, 26, 204, 206, 208, 210, 220, 222, 224, 226])


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_square_is_turned_where_it_stands(dtype):
    source = np.arange(12 * 20).reshape(12, 20).astype(dtype)
    target = np.full((10, 30), -1, dtype)
    turned(source, 2 * 20 + 3, 20, target, 1 * 30 + 4, 30)
    np.testing.assert_array_equal(target[1 : 1 + SIDE, 4 : 4 + SIDE], source[2 : 2 + SIDE, 3 : 3 + SIDE].T)
    assert (target == -1).sum() == target.size - SIDE**2


def test_arrays_with_gaps_are_refused():
    with pytest.raises(TypeError, match="expected a contiguous array"):
        summed(np.zeros((2, 2 * WIDTH), np.float32)[:, ::2], 0)
