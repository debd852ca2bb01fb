"""The compiled exponential against the library's, for numbers and for lanes."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from llvmlite import ir
from numba import njit

from coursekit.cpu import exponentials
from coursekit.cpu.exponentials import exp2, sigmoid, softplus
from coursekit.cpu.lanes import WIDTH, load, store

# the fit's own error, and one rounding for each of its steps
TOLERANCE = {np.float32: 4e-7, np.float64: 2e-15}


@njit
def each(x, out):
    for i in range(len(x)):
        out[0, i], out[1, i], out[2, i] = exp2(x[i]), softplus(x[i]), sigmoid(x[i])


@njit
def by_rows(x, out):
    for row in range(len(x)):
        store(out, row, exp2(load(x, row)))


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_equals_the_library(dtype):
    x = np.linspace(-40, 40, 64 * WIDTH).astype(dtype)
    out = np.empty((3, len(x)), dtype)
    each(x, out)
    exact = x.astype(np.float64)
    expected = np.exp2(exact), np.where(exact > 20, exact, np.log1p(np.exp(exact))), 1 / (1 + np.exp(-exact))
    for got, wanted in zip(out, expected):
        # an exponent of up to 40 log2(e) = 58, rounded in the dtype, is off by 58 / 2 of its epsilon, times ln 2
        np.testing.assert_allclose(got, wanted, rtol=TOLERANCE[dtype] + 20 * np.finfo(dtype).eps)
    # 2^x itself takes no product on the way
    np.testing.assert_allclose(out[0], expected[0], rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_lanes_are_the_numbers(dtype):
    x = np.linspace(-200, 130, 3 * WIDTH).astype(dtype)
    out, rows = np.empty((3, len(x)), dtype), np.empty((3, WIDTH), dtype)
    each(x, out)
    by_rows(x.reshape(3, WIDTH), rows)
    np.testing.assert_allclose(rows.ravel(), out[0], rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_without_the_instruction_of_the_machine_it_is_the_same(dtype, monkeypatch):
    # compiled again, as for a machine without AVX-512; where this is one, both are the same code
    monkeypatch.setattr(exponentials, "_scale_by_machine", lambda *arguments: None)
    plain = njit(by_rows.py_func)
    x = np.linspace(-200, 130, 3 * WIDTH).astype(dtype).reshape(3, WIDTH)
    x[0, :4] = -np.inf, np.inf, np.nan, -3000
    expected, out = np.empty_like(x), np.empty_like(x)
    plain(x, expected)
    by_rows(x, out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_what_is_not_a_number_stays_so(dtype):
    x = np.full((1, WIDTH), np.nan, dtype)
    out, rows = np.zeros((3, WIDTH), dtype), np.zeros((1, WIDTH), dtype)
    each(x[0], out)
    by_rows(x, rows)
    assert np.isnan(out).all()
    assert np.isnan(rows).all()


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_ends_at_the_smallest_normal_number_and_at_infinity(dtype):
    smallest, largest = np.finfo(dtype).smallest_normal, dtype(np.inf)
    x, out = np.array([-3000, -np.inf, 3000, np.inf, 0, 1], dtype), np.empty((3, 6), dtype)
    each(x, out)
    np.testing.assert_array_equal(out[0], [smallest, smallest, largest, largest, 1, 2])


@pytest.mark.parametrize(
    ("kind", "features", "calls"),
    [
        (ir.VectorType(ir.FloatType(), 16), "+sse2,+avx512f", ["ps"]),
        (ir.VectorType(ir.FloatType(), 32), "+avx512f,+fma", ["ps", "ps"]),
        (ir.VectorType(ir.DoubleType(), 16), "+avx512f", ["pd", "pd"]),
        (ir.VectorType(ir.DoubleType(), 8), "+avx512f", ["pd"]),
        (ir.VectorType(ir.FloatType(), 24), "+avx512f", None),  # no whole registers
        (ir.VectorType(ir.FloatType(), 16), "+avx2,-avx512f", None),  # no such machine
        (ir.FloatType(), "+avx512f", None),  # one number, of which a loop's vectors are made later
        (ir.DoubleType(), "+avx512f", None),
    ],
)
def test_the_instruction_of_the_machine_is_for_whole_registers_of_lanes(kind, features, calls):
    machine = SimpleNamespace(codegen=lambda: SimpleNamespace(magic_tuple=lambda: ("triple", "cpu", features)))
    function = ir.Function(ir.Module(), ir.FunctionType(kind, [kind, kind]), "f")
    builder = ir.IRBuilder(function.append_basic_block())
    scale = exponentials._scale_by_machine(machine, builder, kind)
    if calls is None:
        assert scale is None
    else:
        assert scale(*function.args).type == kind
        assert re.findall(r"call .*llvm.x86.avx512.mask.scalef.(p\w).512", str(function)) == calls
