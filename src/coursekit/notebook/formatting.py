"""Numbers as a Spanish reader expects them: decimal comma, grouped thousands, a space before the unit.

Leaves out: everything that is not a number. Dates and words are the author's.
"""

from __future__ import annotations

import math
import operator

_THIN = "\u202f"  # narrow no-break space: groups thousands
_NBSP = "\u00a0"  # no-break space: keeps a number and its unit on one line
_MINUS = "\u2212"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float, digits: int | None = None) -> str:
    """A number in Spanish notation: ``1234567.5`` → ``1 234 567,5``. An int is written out, however large.

    Whole numbers are grouped from five digits on (as the RAE asks). Magnitudes below 10⁻³ that `digits` would
    round to nothing are written as a power of ten.

    Args:
        value: the number. Must be finite.
        digits: decimals to show. By default none for integers and three significant figures for the rest, counted
            in what is written: 0.9996 is ``1,00``.

    Raises:
        ValueError: if `value` is not finite.
    """
    value = _plain_number(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {value!r}")
    if digits is None and value != 0 and abs(value) < 1e-3:
        return _power_of_ten(value, 1)
    if digits is None:
        digits = 0 if value == int(value) else max(0, 2 - int(f"{value:.2e}".partition("e")[2]))
    whole, _, decimals = _decimal(abs(value), digits).partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", _THIN)
    rounded_to_zero = not whole.strip("0") and not decimals.strip("0")
    sign = _MINUS if value < 0 and not rounded_to_zero else ""
    return sign + whole + (f",{decimals}" if decimals else "")


def format_quantity(value: float, unit: str = "", digits: int | None = None) -> str:
    """A number with its unit: ``format_quantity(99.8, "%")`` → ``99,8 %``; ``×`` sticks to the number."""
    number = format_number(value, digits)
    if unit in ("", "×"):
        return number + unit
    return f"{number}{_NBSP}{unit}"


def plain(text: str) -> str:
    """`text` with every kind of space made ordinary and the minus sign ASCII, for comparing literals."""
    return " ".join(text.replace(_MINUS, "-").split())


def _plain_number(value: float) -> int | float:
    """An int or a float of any kind (NumPy's, torch's) as Python's."""
    try:
        return int(operator.index(value))
    except TypeError:
        return float(value)


def _decimal(value: int | float, digits: int) -> str:
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return f"{value}.{'0' * digits}" if digits else str(value)


def _power_of_ten(value: float, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa.replace('.', ',').replace('-', _MINUS)}·10{str(int(exponent)).translate(_SUPERSCRIPT)}"
