"""Spanish numbers in words: a pattern for them, and how much they are."""

from __future__ import annotations

from coursekit.course.text.fold import fold

_UNITS = """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis
diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis
veintisiete veintiocho veintinueve"""
_TENS_WORDS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_SMALL, _TENS = _UNITS.split(), _TENS_WORDS.split()
_HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
_VALUES = {
    **{word: i for i, word in enumerate(_SMALL)},
    **{word: 30 + 10 * i for i, word in enumerate(_TENS)},
    **{word: 100 * i for i, word in enumerate(_HUNDREDS.split(), start=1)},
    **{word.replace("os", "as"): 100 * i for i, word in enumerate(_HUNDREDS.split(), start=1) if i > 1},
    **{"un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "cien": 100},
}
_POWERS = {"mil": 10**3, "millon": 10**6, "millones": 10**6, "billon": 10**12, "billones": 10**12}
_ANY = "|".join(sorted([*_VALUES, *_POWERS], key=len, reverse=True))
_ONE = rf"(?:(?:{'|'.join(_TENS)})\s+y\s+(?:{'|'.join(['un', 'una', *_SMALL[1:10]])})|{_ANY})"
NUMERAL = rf"\b{_ONE}(?:\s+{_ONE})*\b"
"""A whole number in words, without accents: «dos», «treinta y cinco», «cien mil»."""


def value(words: str) -> int:
    """How much a number in words is.

    Args:
        words: what `NUMERAL` matches.
    """
    total = part = 0
    for word in words.lower().split():
        plain = fold(word)
        if plain == "mil":
            total, part = total + 1000 * (part or 1), 0
        elif plain in _POWERS:
            total, part = (total + part or 1) * _POWERS[plain], 0
        else:
            part += _VALUES.get(plain, 0)
    return total + part
