import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.course.results.printed import parse_number
from coursekit.notebook.formatting import format_number, format_quantity, plain


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0, None, "0"),
        (4, None, "4"),
        (99.84, 1, "99,8"),
        (1234, None, "1234"),  # four digits stand together
        (131072, None, "131 072"),
        (7241732096, None, "7 241 732 096"),
        (1234567.25, 2, "1 234 567,25"),
        (0.0712, None, "0,0712"),  # three significant figures
        (3.08, None, "3,08"),
        (-1.5, None, "-1,50"),
        (-0.0001, 2, "0,00"),  # no minus before a zero
        (4.4e-16, None, "4,4·10⁻¹⁶"),
        (-2e-5, None, "-2,0·10⁻⁵"),
        (1e-16, 3, "0,000"),  # asked for decimals, got decimals
    ],
)
def test_numbers_read_as_in_spanish(value, digits, expected):
    assert plain(format_number(value, digits)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # rounding to three figures makes a power of ten: the figures are those of what is written
        (0.9996, "1,00"),
        (0.99949, "0,999"),
        (9.996, "10,0"),
        (9.994, "9,99"),
        (99.96, "100"),
        (99.949, "99,9"),
        (0.09996, "0,100"),
        (0.009996, "0,0100"),
        (0.001, "0,00100"),
        (0.0009996, "1,0·10⁻³"),  # below 10^-3: a power of ten, of two figures
        (999.7, "1000"),
        (9999.7, "10 000"),
        (99999.9, "100 000"),
        (1234.56, "1235"),
    ],
)
def test_three_significant_figures_are_three(value, expected):
    assert plain(format_number(value)) == expected
    assert plain(format_number(-value)) == f"-{expected}"
    assert plain(format_quantity(value, "%")) == f"{expected} %"
    digits = expected.partition("·")[0].replace(",", "").lstrip("0")
    assert len(digits) == 3 or "·" in expected or value > 999


@settings(derandomize=True, max_examples=500)
@given(st.floats(1e-3, 999.4, exclude_min=True).filter(lambda x: not x.is_integer()), st.sampled_from([1, -1]))
def test_three_figures_are_the_nearest_three(size, sign):
    shown = format_number(sign * size)
    value = parse_number(shown)
    assert len(plain(shown).replace("-", "").replace(",", "").lstrip("0")) == 3
    assert abs(value - sign * size) <= 0.5000001 * 10 ** (math.floor(math.log10(abs(value)) + 1e-9) - 2)


@pytest.mark.parametrize("value", [2**53 + 1, 10**18, -(2**64) - 1, 10**400 + 7])
def test_whole_numbers_are_written_out(value):
    shown = plain(format_number(value))
    assert int(shown.replace(" ", "")) == value
    assert all(len(group) == 3 for group in shown.split()[1:])
    assert plain(format_number(value, 2)) == shown + ",00"


@pytest.mark.parametrize("value", [np.int64(131072), torch.tensor(131072), np.float32(131072), torch.tensor(131072.0)])
def test_numbers_of_other_libraries_are_numbers(value):
    assert plain(format_number(value)) == "131 072"


def test_units_stay_on_the_line_and_times_sticks():
    assert format_quantity(99.8, "%", 1) == "99,8\u00a0%"
    assert format_quantity(4, "×") == "4×"
    assert format_quantity(4) == "4"
    assert format_number(-2) == "\u22122"


def test_thousands_are_grouped_with_a_narrow_space():
    assert format_number(131072) == "131\u202f072"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="expected a finite number"):
        format_number(value)


@settings(derandomize=True, max_examples=200)
@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_what_is_written_can_be_read_back(value, digits):
    assert parse_number(format_quantity(value, "KiB", digits)) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-7)


def test_powers_of_ten_can_be_read_back():
    assert parse_number(format_number(-4.4e-16)) == -4.4e-16
    assert parse_number("sin número") is None
