import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.route import EXERCISE, route
from coursekit.moe import route_top_k


def test_by_hand():
    weights, experts = route([1.0, 3.0, 2.0], 2)  # e^0 and e^-1 over their sum, 1.367879
    assert experts == [1, 2]
    assert weights == pytest.approx([0.731059, 0.268941], abs=1e-6)


def test_as_the_kernel():
    scores = torch.randn(6, generator=torch.Generator().manual_seed(0)).tolist()
    weights, experts = route(scores, 3)
    kernel_weights, kernel_experts = route_top_k(torch.tensor([scores], dtype=torch.float64), 3)
    assert experts == kernel_experts[0].tolist()
    assert weights == pytest.approx(kernel_weights[0].tolist())


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("softmax of all", "va sobre los elegidos"),
        ("in order of number", "primero va el que más"),
        ("worst", "los que menos"),
        ("equal parts", "el mismo peso"),
        ("scores themselves", "falta el softmax"),
        ("shares of scores", "divides las puntuaciones"),
        ("without sum", "falta dividir"),
        ("only one", "una lista de 2 números"),
        ("from one", "desde 1"),
        ("higher number first", "número más bajo"),
        ("experts first", ""),
        ("not stabilised", "desborda"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
