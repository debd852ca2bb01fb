import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.course.results.sync import parse_number
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
