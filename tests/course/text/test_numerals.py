"""Numbers in words, and what they are worth."""

import re

import pytest

from coursekit.course.text.fold import fold
from coursekit.course.text.numerals import NUMERAL, value


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("dos", 2),
        ("dieciséis", 16),
        ("veintitrés", 23),
        ("treinta y cinco", 35),
        ("cien", 100),
        ("ciento dos", 102),
        ("quinientas", 500),
        ("mil", 1000),
        ("treinta y dos mil", 32_000),
        ("cuatro mil noventa y seis", 4096),
        ("un millón", 10**6),
        ("dos mil millones", 2 * 10**9),
        ("tres billones", 3 * 10**12),
    ],
)
def test_values(words: str, number: int) -> None:
    assert re.fullmatch(NUMERAL, fold(words))
    assert value(words) == number


@pytest.mark.parametrize("words", ["veces", "mitad", "milagro", "unos", "cientos", "dosis", "seiscientosmil"])
def test_other_words_are_none(words: str) -> None:
    assert not re.search(NUMERAL, words)
