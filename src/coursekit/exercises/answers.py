"""Answers as Python has them, whatever library they come from, and as a message shows them."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from numbers import Real
from typing import Any

_TEXTS = (str, bytes, bytearray, memoryview)
_DEEPEST = 4  # levels of lists; a list may hold itself
_LARGEST = 10**6  # numbers of an array; no exercise asks for so many


def plain(answer: Any, levels: int = _DEEPEST) -> Any:
    """Lists for arrays, tensors, tuples and other sequences; Python's numbers for those of NumPy, torch and decimal,
    inf for a whole number that is no float any more; all else as it is.
    """
    is_array = hasattr(answer, "tolist") and not isinstance(answer, type)
    if is_array and math.prod(getattr(answer, "shape", ())) <= _LARGEST:
        with suppress(Exception):  # one that holds nothing, as on torch's device meta
            answer = answer.tolist()
    if isinstance(answer, Sequence) and not isinstance(answer, _TEXTS) and levels and len(answer) <= _LARGEST:
        return [plain(item, levels - 1) for item in answer]
    if isinstance(answer, Decimal):
        return float(answer)
    if isinstance(answer, int) and abs(answer) > sys.float_info.max:
        return math.inf if answer > 0 else -math.inf
    return answer


def is_number(value: Any) -> bool:
    """Is it one of Python's real numbers? True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def returned(answer: Any) -> str:
    """What a function returned, for the end of a message: ``devuelve [1, 2].``"""
    if answer is None:
        return "devuelve None. ¿Falta un return?"
    if isinstance(answer, Iterator):
        return f"devuelve un {type(answer).__name__}, que aún no ha calculado nada: devuelve list(…)."
    if callable(answer) and not hasattr(answer, "tolist"):
        return f"devuelve {shown(answer)}, que es una función. ¿Faltan los paréntesis para llamarla?"
    return f"devuelve {shown(answer)}."


def shown(answer: Any) -> str:
    """`repr` in one line that is not too long. What a student writes may fail in it, too."""
    if isinstance(answer, list | tuple | set | dict | str | bytes) and len(answer) > _LARGEST:
        return f"un {type(answer).__name__} de {len(answer)} elementos"
    try:
        text = repr(answer)
    except Exception:
        text = f"un {type(answer).__name__} que no se puede mostrar"
    return cut(" ".join(text.split()), 200)


def cut(text: str, most: int) -> str:
    """`text`, or its beginning with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
