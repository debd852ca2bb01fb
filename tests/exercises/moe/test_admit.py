import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.admit import EXERCISE, admit
from coursekit.moe.routing import drop_overflow, expert_capacity


def test_by_hand():
    assert admit([0, 0, 0, 0, 0, 1], 2, 1.0) == [0, 0, 0, -1, -1, 1]  # three places each
    assert admit([1, 1, 1, 1, 0], 2, 1.5) == [1, 1, 1, 1, 0]  # 3.75, up to 4


def test_as_the_kernel():
    chosen = torch.randint(8, (40,), generator=torch.Generator().manual_seed(0))
    _, kept = drop_overflow(torch.ones(40, 1), chosen[:, None], 8, expert_capacity(40, 8, 1.25))
    assert admit(chosen.tolist(), 8, 1.25) == kept[:, 0].tolist()


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("without factor", "falta el factor"),
        ("rounds down", "redondeas hacia abajo"),
        ("one place less", "una plaza sin usar"),
        ("one place more", "uno de más"),
        ("last come first", "entran los primeros"),
        ("everybody", "dejas entrar a todos"),
        ("to the next", "a otro experto"),
        ("places of all", "de cada experto"),
        ("left out", ""),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
