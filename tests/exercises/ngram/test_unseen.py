import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.ngram.unseen import EXERCISE, unseen
from coursekit.ngram.counting import count_ngrams
from coursekit.ngram.good_turing import unseen_mass


def test_by_hand():
    # ab ba ab bc: four pairs, ba and bc once
    assert unseen(["a", "b", "a", "b", "c"], 2) == 0.5
    # a b c: three words, each once
    assert unseen(["a", "b", "c"], 1) == 1.0
    assert unseen(["a"], 2) == 1


def test_it_is_the_estimate_of_the_library():
    text = ["a", "b", "a", "c", "a", "b", "d", "."]
    assert unseen(text, 1) == unseen_mass(count_ngrams([text], 1, end="."), 1)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("of the different ones", "divides entre los n-gramas distintos"),
        ("of the words", "divides entre las palabras"),
        ("side by side", "los n-gramas se solapan"),
        ("without the last", "te dejas el último n-grama"),
        ("different part", "cuentas los distintos"),
        ("words alone", "cuentas palabras sueltas"),
        ("nothing is none", "todo lo que venga es nuevo"),
        ("divides by none", "no tiene n-gramas: devuelve 1"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))


def test_an_n_gram_may_be_anything():
    assert judge(EXERCISE, lambda text, n: unseen(tuple(text), n), "Ejercicio")
