import math

import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.zero_order_hold import EXERCISE, zero_order_hold
from coursekit.ssm.zero_order_hold import mean_decay


def test_a_step_by_hand():
    # a = -2, delta = 0.5: exp(-1) = 0.367879; (0.367879 - 1) / -2 = 0.316060, times b = 3
    assert zero_order_hold(-2.0, 3.0, 0.5) == pytest.approx((0.367879, 0.948181), abs=1e-6)
    assert zero_order_hold(0.0, 3.0, 0.5) == (1.0, 1.5)


@pytest.mark.parametrize("a", [-30.0, -1.0, -1e-9, 0.0, 0.5])
def test_it_is_the_discretisation_of_the_course(a):
    delta, b = 0.7, 2.5
    x = torch.tensor(delta * a, dtype=torch.float64)
    expected = x.exp().item(), (mean_decay(x) * delta * b).item()
    assert zero_order_hold(a, b, delta) == pytest.approx(expected, rel=1e-14)


def test_two_half_steps_with_the_same_input_are_one_step():
    (a, b), (a_half, b_half) = zero_order_hold(-3.0, 2.0, 0.8), zero_order_hold(-3.0, 2.0, 0.4)
    assert (a_half * a_half, a_half * b_half + b_half) == pytest.approx((a, b), rel=1e-15)


@pytest.mark.parametrize("z", [-4.0, 0.0, 0.3, 5.0])
def test_with_a_softplus_step_it_is_a_gate(z):
    gate = 1 / (1 + math.exp(-z))  # theorem 1 of Mamba: a = -1, b = 1, delta = softplus(z)
    assert zero_order_hold(-1.0, 1.0, math.log1p(math.exp(z))) == pytest.approx((1 - gate, gate), rel=1e-13)


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("euler for a", "a = -2.0, b = 3.0, delta = 0.3", "a_bar es la regla de Euler"),
        (
            "euler for b",
            "a = -2.0, b = 3.0, delta = 0.3",
            "b_bar es la del Euler exponencial, delta · b: así lo hace mamba_ssm",
        ),
        ("without b", "a = -2.0, b = 3.0, delta = 0.3", "falta b"),
        ("without delta", "a = -2.0, b = 3.0, delta = 0.3", "falta el delta de delta · b"),
        ("wrong sign", "a = -2.0, b = 3.0, delta = 0.3", "b_bar tiene el signo cambiado"),
        ("without division", "a = -2.0, b = 3.0, delta = 0.3", "falta dividir entre a"),
        ("always fades", "a = 0.5, b = 3.0, delta = 1.5", "si a es positiva, el estado crece"),
        ("division by zero", "a = 0.0, b = -2.5, delta = 0.25", "divides entre a, que vale 0"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"❌ Ejercicio: con la entrada {shown}, " in verdict
    assert message in verdict


def _in_float32(a, b, delta):
    x = torch.tensor(delta) * torch.tensor(a)
    return x.exp().item(), (mean_decay(x) * delta * b).item()


@pytest.mark.parametrize("answer", [EXERCISE.solution, _in_float32])
def test_the_solution_and_float32_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("euler for a", (0, 0.948181)),  # 1 - 0.5 * 2
        ("euler for b", (0.367879, 1.5)),
        ("without b", (0.367879, 0.316060)),
        ("without delta", (0.367879, 1.896362)),  # 0.948181 / 0.5
        ("wrong sign", (0.367879, -0.948181)),
        ("without division", (0.367879, -1.896362)),  # -2 * 0.948181
        ("always fades", (0.367879, 0.948181)),  # as it should, where a < 0
        ("division by zero", (0.367879, 0.948181)),
    ],
)
def test_each_mistake_by_hand(mistake, answer):
    # the step of a = -2 above, right: 0.367879 and 0.948181
    assert EXERCISE.wrong[mistake](-2.0, 3.0, 0.5) == pytest.approx(answer, abs=2e-6)
