import math

import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.selective_step import EXERCISE, selective_step
from coursekit.ssm.step.reference import selective_state_update


def test_a_step_by_hand():
    # softplus(1) = log(1 + 2.718282) = 1.313262. State 1: exp(-1.313262) * 2 + 1.313262 * 1 * 3 = 4.477668;
    # state 2: exp(-2.626523) * (-1) + 1.313262 * 0.5 * 3 = -0.072329 + 1.969893 = 1.897563.
    # y = 4.477668 - 2 * 1.897563 + 0.5 * 3 = 2.182542
    y, h = selective_step([2.0, -1.0], 3.0, 1.0, [-1.0, -2.0], [1.0, 0.5], [1.0, -2.0], 0.5)
    assert h == pytest.approx([4.477668, 1.897563], abs=2e-6)
    assert y == pytest.approx(2.182542, abs=4e-6)


@pytest.mark.parametrize("states", [1, 16])
def test_it_is_the_step_of_the_course(states):
    h, A, B, C = torch.randn(4, states, generator=torch.Generator().manual_seed(states), dtype=torch.float64)
    A, u, raw, D = -A.abs(), 1.5, -0.3, 0.7
    y, h_new = selective_step(*(x if isinstance(x, float) else x.tolist() for x in (h, u, raw, A, B, C, D)))
    state = h.view(1, 1, states).clone()
    one = torch.ones(1, 1, dtype=torch.float64)
    expected = selective_state_update(
        state, u * one, raw * one, A[None], B[None], C[None], D=D * one[0], dt_softplus=True
    )  # fmt: skip
    # 16 terms of size 1, rounded to 1.1e-16 each
    assert h_new == pytest.approx(state.flatten().tolist(), abs=1e-14)
    assert y == pytest.approx(expected.item(), abs=1e-14)


@pytest.mark.parametrize(
    ("mistake", "direct", "message"),
    [
        ("without softplus", 0.0, "usas raw_delta tal cual"),
        ("reads the old state", 0.0, "lees el estado de antes"),
        ("whole input", 0.0, "el estado toma B · u sin delta"),
        ("fixed decay", 0.0, "el estado se desvanece con exp(A), sin delta"),
        ("without B", 0.0, "falta B, con la que la entrada llega al estado"),
        ("without C", 0.0, "falta C, con la que se lee el estado"),
        ("without D", 7.0, "falta D · u"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, direct, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    shown = f"h = [2.0], u = 3.0, raw_delta = 1.0, A = [-0.5], B = [1.5], C = [-4.0], D = {direct}"
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


@pytest.mark.parametrize(
    "mistake", sorted(set(EXERCISE.wrong) - {"reads the old state", "without C", "without D", "adds d"})
)
def test_a_mistake_in_the_state_is_seen_in_the_state(mistake):
    arguments = EXERCISE.cases[2].arguments
    assert EXERCISE.wrong[mistake](*arguments)[1] != pytest.approx(selective_step(*arguments)[1], rel=1e-3)


def _in_place(h, u, raw_delta, A, B, C, D):
    y, h[:] = selective_step(h, u, raw_delta, A, B, C, D)
    return y, h


def _in_float32(*arguments):
    h, u, raw_delta, A, B, C, D = map(torch.tensor, arguments)
    delta = torch.nn.functional.softplus(raw_delta)
    h = (delta * A).exp() * h + delta * B * u
    return ((C * h).sum() + D * u).item(), h.tolist()


@pytest.mark.parametrize("answer", [EXERCISE.solution, _in_place, _in_float32])
def test_the_solution_float32_and_working_in_place_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


def _right_output_wrong_state(h, *rest):
    y, h_new = selective_step(h, *rest)
    return y, [*h_new[:-1], 9.0]


def _swapped(*arguments):
    return selective_step(*arguments)[::-1]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_right_output_wrong_state, "h_new[0]: se esperaba 6.94687 y devuelve 9."),
        (_swapped, "se esperaba una tupla (y, h_new): un número, una lista de 1 número y devuelve ([6.94"),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("mistake", "y", "h"),
    [
        ("without softplus", 91.16785, 12.23357),  # 4 * 2^-1.854587 + 1.854587 * 6 = 1.106054 + 11.127520
        ("reads the old state", 50, 13),  # 5 * 4 + 30
        ("without D", 65, 13),
        ("whole input", 65, 7),  # 1 + 2 * 3
        ("fixed decay", 100, 14),  # 4 / 2 + 12
        ("without B", 65, 7),  # 1 + 2 * 3; 5 * 7 + 30
        ("without C", 43, 13),  # 13 + 30
    ],
)
def test_each_mistake_by_hand(mistake, y, h):
    # log(e^2 - 1) = 1.854587 is a step of 2; A = -ln 2 quarters the state: 4 / 4 + 2 * 2 * 3 = 13, read 5 * 13 + 10 * 3
    answer = EXERCISE.wrong[mistake]([4.0], 3.0, math.log(math.expm1(2)), [-math.log(2)], [2.0], [5.0], 10.0)
    assert answer == (pytest.approx(y, abs=1e-4), pytest.approx([h], abs=1e-5))
