import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.moe.bias_step import EXERCISE, bias_step
from coursekit.moe.balance import expert_load, update_bias
from coursekit.moe.routing import route_sigmoid


def test_by_hand():
    experts, weights, bias = bias_step([[0.5, 0.375], [0.25, 0.75]], [0.0, 0.25], 0.125)
    assert (experts, weights, bias) == ([1, 1], [0.375, 0.75], [0.125, 0.125])  # loads 0 and 2, mean 1


def test_as_the_kernel():
    affinities = torch.rand(12, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    bias = torch.tensor([0.1, -0.2, 0.0, 0.3], dtype=torch.float64)
    experts, weights, moved = bias_step(affinities.tolist(), bias.tolist(), 0.05)
    kernel_weights, kernel_experts = route_sigmoid(affinities.logit(), 1, bias, normalise=False)
    assert experts == kernel_experts[:, 0].tolist()
    assert weights == pytest.approx(kernel_weights[:, 0].tolist())
    assert moved == pytest.approx(update_bias(bias.clone(), expert_load(kernel_experts, 4), 0.05).tolist())


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("bias in the weight", "solo cuenta al elegir"),
        ("bias does not choose", "se elige por afinidad más sesgo"),
        ("the wrong way", "es al revés"),
        ("in proportion", "solo cuenta su signo"),
        ("only the idle", "subes solo"),
        ("never falls", "falta bajar"),
        ("even ones move too", "ese no se mueve"),
        ("not moved", "falta mover"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    verdict = judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio")
    assert verdict.state == "incorrecto"
    assert message in repr(verdict)
