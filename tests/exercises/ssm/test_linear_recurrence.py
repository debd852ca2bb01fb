import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.linear_recurrence import EXERCISE, combine
from coursekit.ssm.scan.associative_scans import blelloch
from coursekit.ssm.scan.reference import recurrence

SMALLEST = "first = (2.0, 5.0), second = (3.0, 4.0)"


def test_two_steps_by_hand():
    # h -> 2 h + 1, then h -> 3 h + 5: 3 (2 h + 1) + 5 = 6 h + 8
    assert combine((2, 1), (3, 5)) == (6, 8)


def test_three_steps_may_be_grouped_either_way():
    steps = [(0.5, 1.0), (-2.0, 3.0), (0.25, -1.0)]
    # -2 (0.5 h + 1) + 3 = -h + 1, then 0.25 (-h + 1) - 1 = -0.25 h - 0.75
    assert combine(combine(steps[0], steps[1]), steps[2]) == (-0.25, -0.75)
    assert combine(steps[0], combine(steps[1], steps[2])) == (-0.25, -0.75)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_with_it_the_scan_of_the_course_gives_its_recurrence(length):
    generator = torch.Generator().manual_seed(length)
    decay, taken = torch.rand(2, 1, 1, length, 1, generator=generator, dtype=torch.float64)
    expected = recurrence(decay, taken)
    # each state is a sum of at most 65 terms below 65 in size, rounded in another order: 65 * 65 * 1.1e-16
    torch.testing.assert_close(blelloch((decay, taken), combine)[1], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("mistake", "message", "shown"),
    [
        ("swapped", "juntas los pasos en el orden contrario", SMALLEST),
        ("without fading", "sumas b1 y b2 tal cual", SMALLEST),
        ("fades twice", "multiplicas b1 también por a1", SMALLEST),
        ("adds the decays", "sumas los factores a1 y a2", SMALLEST),
        ("last decay", "das el factor del segundo paso", SMALLEST),
        ("absolute", "usas el valor absoluto de a", "first = (-0.5, -1.5), second = (-3.0, 4.0)"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, message, shown):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


@pytest.mark.parametrize("mistake", EXERCISE.wrong)
def test_a_scan_betrays_each_mistake_too(mistake):
    case = EXERCISE.cases[3 if mistake == "absolute" else 2]
    message = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "")).split(", 4.0), ")[1]
    assert case.problem(case.run(EXERCISE.wrong[mistake], *case.arguments)) == message


def test_the_scan_gives_the_states_of_the_loop():
    # 1; 0.25 * 1 + 2 = 2.25; 2 * 2.25 - 1 = 3.5
    case = EXERCISE.cases[2]
    assert case.run(combine, *case.arguments) == [1.0, 2.25, 3.5]
    assert case.problem([1.0, 2.25, 4.5]) == "h[2]: se esperaba 3.5 y devuelve 4.5."
    # 1; 0.5 * 1 + 1 = 1.5; 0.5 * 1.5 + 1 = 1.75; 1.875; 1.9375
    assert case.run(combine, [(0.5, 1.0)] * 5) == [1.0, 1.5, 1.75, 1.875, 1.9375]


def _as_lists(first, second):
    return [second[0] * first[0], second[0] * first[1] + second[1]]


@pytest.mark.parametrize("answer", [EXERCISE.solution, _as_lists])
def test_the_solution_and_lists_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


def test_anything_but_a_pair_is_told_so():
    verdict = repr(judge(EXERCISE, lambda first, second: 7.0, "Ejercicio"))
    assert "se esperaba una tupla (a, b): un número, un número y devuelve 7.0." in verdict


def test_a_pair_that_is_none_in_the_middle_of_the_scan_is_shown():
    def gives_up(first, second):
        return combine(first, second) if abs(first[0]) in (2.0, 0.5) else None

    verdict = repr(judge(EXERCISE, gives_up, "Ejercicio"))
    assert (
        "con la entrada steps = [(0.5, 1.0), (0.25, 2.0), (2.0, -1.0)], al unir first = (0.25, 2.0) y second ="
        in verdict
    )
    assert "se esperaba una tupla (a, b) y devuelve None. ¿Falta un return?" in verdict


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("swapped", (6, 9)),
        ("without fading", (6, 5)),
        ("fades twice", (6, 10)),
        ("adds the decays", (5, 7)),
        ("last decay", (3, 7)),
        ("absolute", (6, 7)),  # as it should: no factor is negative
    ],
)
def test_each_mistake_by_hand(mistake, answer):
    # h -> 2 h + 1, then h -> 3 h + 4. Swapped: 2 (3 h + 4) + 1; fading twice: 3 * 2 * 1 + 4; the sum of 2 and 3
    assert EXERCISE.wrong[mistake]((2, 1), (3, 4)) == answer
