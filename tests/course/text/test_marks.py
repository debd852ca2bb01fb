"""A mark has a reason in a few words, and lets stand one number or the words that compare."""

import pytest

from coursekit.course.text.marks import faults


@pytest.mark.parametrize("words", ["128", "1536 canales", "2 a 32", "más rápido", "el doble", "trozos de 64"])
def test_a_good_mark(words: str) -> None:
    assert faults(words, "tamaño del experimento", 1) == []


@pytest.mark.parametrize(
    ("words", "reason", "numbers", "problem"),
    [
        ("128", "  ", 1, "is let stand without a reason"),
        ("128", "x", 1, "is let stand because «x», which is no reason"),
        ("128", "porque sí", 1, "is let stand because «porque sí», which is no reason"),
        ("128 y 256", "tamaño del experimento", 2, "is one mark around 2 numbers"),
        ("gana a todos los demás modelos del curso", "tamaño del experimento", 0, "is a mark around a sentence"),
        ("Gana. Y más", "tamaño del experimento", 0, "is a mark around a sentence"),
    ],
)
def test_a_bad_one(words: str, reason: str, numbers: int, problem: str) -> None:
    assert [found for found, _ in faults(words, reason, numbers)] == [problem]
