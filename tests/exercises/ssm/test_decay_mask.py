import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.decay_mask import EXERCISE, decay_mask
from coursekit.ssm.duality.reference import segsum


def test_three_steps_by_hand():
    # what entered at 0 is 0.5 at 1 and 0.5 * 0.25 = 0.125 at 2; the first factor fades nothing that is there
    assert decay_mask([0.9, 0.5, 0.25]) == [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.125, 0.25, 1.0]]


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_it_is_the_mask_of_the_course(length):
    log_decay = -torch.rand(length, generator=torch.Generator().manual_seed(length), dtype=torch.float64)
    mask = torch.tensor(decay_mask(log_decay.exp().tolist()), dtype=torch.float64)
    torch.testing.assert_close(mask, segsum(log_decay).exp(), rtol=0, atol=1e-14)


def test_multiplying_by_it_is_the_recurrence():
    a, u, h = [0.9, 0.5, 0.0, 1.5], [1.0, -2.0, 3.0, 0.5], 0.0
    for row, a_i, u_i in zip(decay_mask(a), a, u):
        h = a_i * h + u_i
        assert sum(left * entered for left, entered in zip(row, u)) == pytest.approx(h, abs=1e-15)


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("own decay", "a = [0.5]", "incluyes a[j]"),
        ("without diagonal", "a = [0.5]", "en la diagonal va 1"),
        ("from the start", "a = [0.5, 0.25]", "multiplicas desde el principio"),
        ("sees the future", "a = [0.5, 0.25]", "por encima de la diagonal va 0"),
        ("transposed", "a = [0.5, 0.25]", "tu máscara está traspuesta"),
        ("last decay missing", "a = [0.5, 0.25]", "falta el último factor"),
        ("shifted", "a = [0.5, 0.25]", "multiplicas de a[j] a a[i - 1]"),
        ("quotient", "a = [0.9, 0.0, 0.5, 0.25]", "divides entre un producto que vale 0"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


def _in_float32(a):
    return segsum(torch.tensor(a).log()).exp().tolist()


@pytest.mark.parametrize("answer", [EXERCISE.solution, _in_float32])
def test_the_solution_and_float32_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda a: a, "se esperaba una lista con 1 fila de 1 número y devuelve [0.5]."),
        (lambda a: [[1.0] + [0.0] * (len(a) - 1)] * len(a), "L[1][0]: se esperaba 0.25 y devuelve 1."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("own decay", [[3, 0, 0], [15, 5, 0], [105, 35, 7]]),
        ("from the start", [[1, 0, 0], [5, 5, 0], [35, 35, 35]]),
        ("sees the future", [[1, 5, 35], [5, 1, 7], [35, 7, 1]]),
        ("transposed", [[1, 5, 35], [0, 1, 7], [0, 0, 1]]),
        ("without diagonal", [[0, 0, 0], [5, 0, 0], [35, 7, 0]]),
        ("last decay missing", [[1, 0, 0], [1, 1, 0], [5, 1, 1]]),
        ("shifted", [[1, 0, 0], [3, 1, 0], [15, 5, 1]]),
        ("quotient", [[1, 0, 0], [5, 1, 0], [35, 7, 1]]),  # right where no factor is 0
    ],
)
def test_each_mistake_by_hand(mistake, answer):
    assert EXERCISE.wrong[mistake]([3, 5, 7]) == answer
