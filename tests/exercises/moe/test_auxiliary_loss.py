import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.auxiliary_loss import EXERCISE, auxiliary_loss
from coursekit.moe import load_balancing_loss


def test_by_hand():
    assert auxiliary_loss([[0.75, 0.25], [0.75, 0.25]]) == 1.5  # f = (1, 0), P = (0.75, 0.25)


def test_below_one():
    """Nine of ten tokens choose expert 0: 3 (0.9 x 0.306 + 0.1 x 0.397) = 0.9453."""
    rows = [[0.34, 0.33, 0.33]] * 9 + [[0.0, 1.0, 0.0]]
    assert auxiliary_loss(rows) == pytest.approx(0.9453)


def test_as_the_kernel():
    logits = torch.randn(20, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert auxiliary_loss(logits.softmax(-1).tolist()) == pytest.approx(load_balancing_loss(logits, 5, 1).item())


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("without experts", "número de expertos"),
        ("square of the parts", "f por f"),
        ("square of the means", "P por P"),
        ("counts", "número de tokens"),
        ("sums", "las dos"),
        ("token by token", "la mayor probabilidad"),
        ("mean over experts", "promedias sobre"),
        ("times tokens", "es por el de expertos"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
