import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.ngram.kneser_ney import EXERCISE, kneser_ney

PAIRS = {("el", "gato"): 3, ("el", "pez"): 1, ("un", "gato"): 1, ("un", "gran"): 2, ("gato", "gran"): 4}


def test_by_hand():
    # (3 - 1/2) / 4 + 1/2 * 2 / 4 * 2 / 5 = 0.625 + 0.1
    assert kneser_ney(PAIRS, "el", "gato", 0.5) == pytest.approx(0.725)
    # never together: 1/2 * 2 / 4 * 2 / 5
    assert kneser_ney(PAIRS, "el", "gran", 0.5) == pytest.approx(0.1)
    # «pez» was never followed: «gato» follows two of five
    assert kneser_ney(PAIRS, "pez", "gato", 0.5) == pytest.approx(0.4)


@pytest.mark.parametrize("previous", ["el", "un", "gato", "nuevo"])
def test_what_can_follow_sums_to_one(previous):
    assert sum(kneser_ney(PAIRS, previous, word, 0.6) for word in ("gato", "pez", "gran")) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("by counts", "la última fracción cuenta veces"),
        ("precedes", "cuentas las palabras que siguen a word"),
        ("keeps all", "no quitas el descuento"),
        ("below zero", "a una pareja que no salió no se le quita nada"),
        ("one discount is shared", "repartes un solo descuento"),
        ("falls back only", "das la segunda parte solo a las parejas que no salieron"),
        ("new is zero", "queda la última fracción, no cero"),
        ("divides by none", "no tiene veces entre las que dividir"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
