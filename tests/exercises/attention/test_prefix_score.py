import pytest
import torch

from coursekit.attention.induction import prefix_matching
from coursekit.exercises.attention.prefix_score import EXERCISE, prefix_score
from coursekit.exercises.checking import judge


def test_by_hand_and_as_the_library():
    # rows 2 and 3 of four look at columns 1 and 2
    rows = [[1.0, 0.0, 0.0, 0.0], [0.3, 0.7, 0.0, 0.0], [0.2, 0.5, 0.3, 0.0], [0.05, 0.3, 0.4, 0.25]]
    assert prefix_score(rows, 2) == pytest.approx((0.5 + 0.4) / 2)
    maps = torch.rand(1, 1, 10, 10, dtype=torch.float64).tril()
    assert prefix_score(maps[0, 0].tolist(), 5) == pytest.approx(prefix_matching({0: maps}, 5).item())


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("the same token", "miras el caso anterior"),
        ("the one before", "antes del caso anterior"),
        ("just before", "el token justo anterior"),
        ("all rows", "divides entre todas las filas"),
        ("a sum", "devuelves la suma"),
        ("columns first", "weights[mirado][el que mira]"),
        ("without the first", "te saltas el primer token"),
        ("the largest", "tomas el peso mayor"),
    ],
)
def test_each_mistake_gets_its_own_message(mistake, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert message in verdict
    assert "period = 3" in verdict  # with two tokens some mistakes look like others
