import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.combine import EXERCISE, combine


def test_by_hand():
    assert combine([1.0, 0.0], [[0.0, 8.0], [5.0, 5.0], [4.0, 4.0]], [0.75, 0.25], [2, 0]) == [4.0, 5.0]
    assert combine([1.0], [[9.0]], [0.5], [-1]) == [1.0]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("without residual", "falta la línea residual"),
        ("without weights", "sin multiplicarlas"),
        ("in their order", "de quién es cada peso"),
        ("last for nobody", "el último experto"),
        ("renormalises", "aquí se pierde"),
        ("mean", "la media"),
        ("only the best", "al primer experto"),
        ("weighs the residual", "x se suma entera"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
