"""What can be recorded: a finite number, or one a seed. All else is refused, in Spanish, with what to do about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Complex, Integral, Real
from typing import Any

_TEXTS = (str, bytes, bytearray, memoryview)
_WANTED = "hace falta un número"


def finite_numbers(value: Any) -> list[int | float]:
    """The numbers of a value: one, or one a seed. What is whole and no float stays an int: 2⁵³ + 1 is no float.

    Args:
        value: a number, a list of them, or an array or tensor of them (NumPy, torch) with no or one dimension.

    Raises:
        ValueError: for anything else (in Spanish: a student reads it).
    """
    if len(shape := getattr(value, "shape", ())) > 1:
        remedy = "registra .item()" if math.prod(shape) == 1 else "registra una métrica por fila, o la media, .mean()"
        raise ValueError(f"{_WANTED}, o uno por semilla, y su forma es {tuple(shape)}; {remedy}.")
    value = _unpacked(value)
    if not _is_list(value):
        return [_number(value)]
    if not value:
        raise ValueError("no hay ningún número: la lista está vacía. ¿Se ha medido algo?")
    items = [_unpacked(item) for item in value]
    if any(map(_is_list, items)):
        remedy = "registra una métrica por fila, o la media"
        raise ValueError(f"{_WANTED}, o uno por semilla, y hay listas dentro de la lista, {_brief(value)}; {remedy}.")
    return [_number(item) for item in items]


def _unpacked(value: Any) -> Any:
    """What an array or a tensor holds, as Python has it."""
    if isinstance(value, _TEXTS) or not hasattr(value, "tolist"):
        return value
    if getattr(getattr(value, "dtype", None), "kind", "") in tuple("mM"):  # NumPy would make numbers of them
        raise ValueError(f"{_WANTED} y es una fecha o una duración, {_brief(value)}; conviértela antes.")
    return value.tolist()


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, _TEXTS)


def _number(value: Any) -> int | float:
    if isinstance(value, bool):
        raise ValueError(f"{_WANTED} y es {value}; si es un recuento, usa int(…) o sum(…).")
    if not isinstance(value, Real | Decimal):
        raise ValueError(f"{_WANTED} y {_what(value)}")
    number = _float(value)
    if math.isnan(number) or (math.isinf(number) and value == number):
        causes = "una división por cero, el logaritmo de 0 o un desbordamiento"
        raise ValueError(f"{_WANTED} finito y es {number}; busca {causes}.")
    if math.isinf(number):
        raise ValueError("el número es demasiado grande, más de 1,8·10³⁰⁸; registra su logaritmo.")
    is_whole = isinstance(value, Integral) or (not isinstance(value, float) and value == int(value))
    return int(value) if is_whole else number


def _float(value: Any) -> float:
    """The nearest float: inf for what is beyond all of them, nan for what is no number."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:  # Decimal's signalling NaN
        return math.nan


def _what(value: Any) -> str:
    """What a value is that is no number, and what to do about it."""
    if value is None:
        return "es None. ¿Le falta un return a la función que lo calcula?"
    if isinstance(value, _TEXTS):
        return f"es un texto, {_brief(value)}; {_remedy(value)}."
    if isinstance(value, Complex):
        return f"es complejo, {value}; registra abs(…), o su parte real o imaginaria."
    if isinstance(value, Mapping):
        return "es un diccionario; registra una métrica por clave."
    if hasattr(value, "__iter__"):
        return f"es un {type(value).__name__}; si son números, uno por semilla, registra list(…)."
    if callable(value):
        return "es una función; registra lo que devuelve: con paréntesis detrás, se llama."
    return f"es un {type(value).__name__}."


def _remedy(text: Any) -> str:
    if isinstance(text, str) and math.isnan(_float(text)):
        return "registra un número, y el texto escríbelo con print"
    return "conviértelo antes, con float(…)"


def _brief(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
