import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.counts import EXERCISE, count


def test_by_hand():
    assert count(100, 2, 4, 1, 5, 6) == (820, 280)  # 8 and 2 experts of 90 weights


def test_mixtral():
    """What is no expert: 1 605 636 096 (attention, embeddings, norms, routers)."""
    assert count(1_605_636_096, 32, 8, 2, 4096, 14_336) == (46_702_792_704, 12_879_925_248)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("whole copies", "multiplicas el modelo entero"),
        ("two matrices", "tiene tres"),
        ("one layer", "en cada una"),
        ("without shared", "falta lo que no es experto"),
        ("shared is free", "pasa también"),
        ("one expert", "no uno"),
        ("share", "todos los tokens"),
        ("routers too", "dos veces"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
