import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.convolution_kernel import EXERCISE, convolution_kernel
from coursekit.ssm.lti_scan import lti_kernel


def test_two_states_by_hand():
    # 3 * 1 * 2 + 1 * 1 * 4 = 10; 3 * 0.5 * 2 + 1 * (-1) * 4 = -1; 3 * 0.25 * 2 + 1 * 1 * 4 = 5.5
    assert convolution_kernel([0.5, -1.0], [2.0, 4.0], [3.0, 1.0], 3) == [10.0, -1.0, 5.5]


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_it_is_the_kernel_of_the_course(length):
    A, B, C = torch.randn(3, 1, 4, generator=torch.Generator().manual_seed(length), dtype=torch.float64)
    A, delta = -A.abs(), torch.tensor([0.1], dtype=torch.float64)
    decay = (delta * A).exp()
    taken = (decay - 1) / A * B
    kernel = convolution_kernel(*(x[0].tolist() for x in (decay, taken, C)), length)
    # a power of at most 64 factors, each rounded to 1.1e-16, four terms of size 1
    assert kernel == pytest.approx(lti_kernel(delta, A, B, C, length)[0].tolist(), abs=1e-13)


def test_convolving_with_it_is_the_recurrence():
    a, b, c, u = [0.9, -0.5], [1.0, 2.0], [0.5, 1.0], [1.0, -2.0, 0.0, 3.0, 1.0]
    kernel, h = convolution_kernel(a, b, c, len(u)), [0.0, 0.0]
    for t in range(len(u)):
        h = [a_n * h_n + b_n * u[t] for a_n, b_n, h_n in zip(a, b, h)]
        y = sum(c_n * h_n for c_n, h_n in zip(c, h))
        assert sum(kernel[k] * u[t - k] for k in range(t + 1)) == pytest.approx(y, abs=1e-14)


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("one step ahead", "a = [0.5], b = [3.0], c = [5.0], length = 1", "va un paso adelantado"),
        ("reversed", "a = [0.5], b = [3.0], c = [5.0], length = 3", "el núcleo está del revés"),
        ("summed up", "a = [0.5], b = [3.0], c = [5.0], length = 3", "sumas las respuestas de todos los pasos"),
        ("without c", "a = [0.5], b = [3.0], c = [5.0], length = 1", "falta c"),
        ("without b", "a = [0.5], b = [3.0], c = [5.0], length = 1", "falta b"),
        (
            "first states only",
            "a = [0.5, -0.25, 2.0], b = [2.0, 4.5, -1.0], c = [1.0, -3.0, 0.5], length = 2",
            "sumas solo los primeros length estados",
        ),
        (
            "one rhythm",
            "a = [0.5, -0.25, 2.0], b = [2.0, 4.5, -1.0], c = [1.0, -3.0, 0.5], length = 2",
            "cada uno se desvanece a su ritmo",
        ),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


def _step_by_step(a, b, c, length):
    kernel = []
    for _ in range(length):
        kernel.append(sum(c_n * b_n for c_n, b_n in zip(c, b)))
        b[:] = [a_n * b_n for a_n, b_n in zip(a, b)]
    return kernel


@pytest.mark.parametrize("answer", [EXERCISE.solution, _step_by_step])
def test_the_solution_and_working_in_place_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda a, b, c, length: 2.0, "se esperaba una lista de 1 número y devuelve 2.0."),
        (lambda a, b, c, length: [15.0] * length, "K[1]: se esperaba 7.5 y devuelve 15."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("one step ahead", [-1, 5.5, -3.25]),  # 3 * 0.125 * 2 - 4
        ("without c", [6, -3, 4.5]),  # 2 + 4, 1 - 4, 0.5 + 4
        ("without b", [4, 0.5, 1.75]),  # 3 + 1, 1.5 - 1, 0.75 + 1
        ("first states only", [10, -1, 5.5]),  # three steps, two states: as it should
        ("reversed", [5.5, -1, 10]),
        ("one rhythm", [10, -5, 2.5]),  # 10 (0.5 - 1)^k
        ("summed up", [10, 9, 14.5]),
    ],
)
def test_each_mistake_by_hand(mistake, answer):
    # the two states above, right: 10, -1, 5.5
    assert EXERCISE.wrong[mistake]([0.5, -1.0], [2.0, 4.0], [3.0, 1.0], 3) == answer
