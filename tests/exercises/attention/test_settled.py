import pytest

from coursekit.exercises.attention.settled import EXERCISE, settled
from coursekit.exercises.checking import judge


def test_by_hand():
    assert settled(["a", "b", "a", "c", "b", "b"]) == 4
    assert settled(["b"]) == 0
    assert settled(["b", "b"]) == 0
    assert settled(["b", "a"]) == 1


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("first appearance", "por primera vez"),
        ("the last other", "la última que responde otra cosa"),
        ("the last layer", "esa es la última capa"),
        ("how many", "en cuántas capas se mantiene"),
        ("from one", "cuentas desde uno"),
        ("the first repeat", "la primera respuesta que se repite"),
    ],
)
def test_each_mistake_gets_its_own_message(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
