from fractions import Fraction

import numpy as np
import pytest
import torch

from coursekit.exercises.checking import Exercise, judge
from coursekit.exercises.numeric import Numbers, close, named

PAIR = Numbers(
    solution=lambda x: (x, [x, 2.0 * x]),
    names=("x",),
    parts=("p", "q"),
    mistakes=(
        (lambda x: (-x, [0.0, 0.0]), "el signo."),
        (lambda x: (x, [x, 3.0 * x]), "el doble."),
        (lambda x: (7.0, [x, 4.0 * x]), "no llega."),
        (lambda x: (x, [x / 0, 2.0 * x]), "entre cero."),
    ),
)
TABLE = Numbers(lambda n: [[1.0] * n] * 2, names=("n",), parts=("M",), mistakes=())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: (-x, [x, 2.0 * x]), "el signo."),  # the first part that is wrong decides; the rest may be right
        (lambda x: (x, [x, 3.0 * x]), "el doble."),
        # a mistake is recognised by all parts up to the wrong one, or not at all: 4 * 3 is not what it gives with p = x
        (lambda x: (x, [x, 4.0 * x]), "q[1]: se esperaba 6 y devuelve 12."),
        # what divides by zero in Python is not finite in NumPy and torch
        (lambda x: (x, [x, float("nan")]), "entre cero."),
        (lambda x: (x, torch.tensor([x, x]) / 0), "entre cero."),
        (lambda x: (float("nan"), [x, 2.0 * x]), "entre cero."),
        # a mistake that gives all of the answer comes before one that gives its beginning
        (lambda x: (-x, [0.0, 0.0]), "el signo."),
        (lambda x: (x + 1, [x, x]), "p: se esperaba 3 y devuelve 4."),
        (lambda x: 1 / 0, "entre cero."),
        (lambda x: x, "se esperaba una tupla (p, q): un número, una lista de 2 números y devuelve 3.0."),
        (lambda x: (x, x), "se esperaba una tupla (p, q)"),
        (lambda x: (x, [x]), "se esperaba una tupla (p, q)"),
        (lambda x: (x, ["a", "b"]), "se esperaba una tupla (p, q)"),
        (lambda x: (True, [x, 2.0 * x]), "se esperaba una tupla (p, q)"),
        (
            lambda x: None,
            "se esperaba una tupla (p, q): un número, una lista de 2 números y devuelve None. ¿Falta un return?",
        ),
        (lambda x: ([x], [x, 2.0 * x]), "se esperaba una tupla (p, q)"),
    ],
)
def test_a_tuple_is_judged_part_by_part(answer, message):
    verdict = judge(Exercise((PAIR.case(3.0),), (), PAIR.solution), answer, "E")
    assert verdict.message.startswith("❌ E: con la entrada x = 3.0, " + message)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: [x, (x, 2.0 * x)],
        lambda x: (x * (1 + 8e-8), [x, 2.0 * x]),  # the spacing of float32 at 3 is 2.4e-7, a relative 8e-8
        lambda x: (torch.tensor(x), torch.tensor([x, 2 * x])),
        lambda x: [np.float32(x), np.array([x, 2 * x], dtype=np.float32)],
        lambda x: (Fraction(x), [int(x), torch.tensor(2 * x, requires_grad=True)]),
    ],
)
def test_lists_tuples_arrays_tensors_and_float32_are_as_good(answer):
    assert judge(Exercise((PAIR.case(3.0),), (), PAIR.solution), answer, "E")


@pytest.mark.parametrize(
    ("size", "answer", "message"),
    [
        (3, [[1.0] * 3, [1.0, 0.5, 1.0]], "M[1][1]: se esperaba 1 y devuelve 0.5."),
        (3, [[1.0] * 3], "se esperaba una lista con 2 filas de 3 números y devuelve [[1.0, 1.0, 1.0]]."),
        (1, 1.0, "se esperaba una lista con 2 filas de 1 número y devuelve 1.0."),
    ],
)
def test_a_single_part_may_be_a_table(size, answer, message):
    assert TABLE.case(size).problem(answer) == message


def test_the_smallest_difference_that_counts():
    case = Numbers(lambda x: x, ("x",), ("x",), ()).case(0.0)
    assert case.problem(1e-8) is None  # what float32 leaves of a sum of numbers near 0.1 that should be 0
    assert case.problem(1e-6) == "x: se esperaba 0 y devuelve 1e-06."


def test_mistakes_have_the_names_of_their_functions():
    def _without_scale(x):
        return x

    assert named(((_without_scale, "falta la escala."), (close, ""))) == {
        "without scale": _without_scale,
        "close": close,
    }


@pytest.mark.parametrize(
    ("given", "wanted", "same"),
    [
        (1000.001, 1000.0, True),
        (1000.1, 1000.0, False),
        ([1e-6, 1.0], [0.0, 1.0], True),  # small beside 1: what float32 leaves of a difference
        ([1e-5, 1.0], [0.0, 1.0], False),
        ([1e-4, 1000.0], [0.0, 1000.0], True),
        ([[1e-6], [1.0]], [[0.0], [1.0]], True),
        ([[1e-5], [1.0]], [[0.0], [1.0]], False),
        ([], [], True),
        ([1.0], [], False),
        (1.0, [1.0], False),
        (float("nan"), float("nan"), False),
        (float("inf"), 1.0, False),
        ([1.0, float("inf")], [1.0, float("inf")], True),
        ([2.0, float("inf")], [1.0, float("inf")], False),
        (1.0, float("inf"), False),
        (float("-inf"), float("inf"), False),
        (-0.0, 0.0, True),
        (True, 1, False),
    ],
)
def test_float32_is_close_and_nothing_else(given, wanted, same):
    assert close(given, wanted) == same


def test_a_mistake_that_is_right_here_explains_nothing():
    # 1e-6 is too much beside 0.1, though not beside 100
    case = Numbers(lambda x: (x, 0.1), ("x",), ("a", "b"), ((lambda x: (abs(x), 0.1), "el signo."),)).case(100.0)
    assert case.problem((100.0, 0.100002)) == "b: se esperaba 0.1 y devuelve 0.100002."


def test_a_whole_number_is_shown_whole():
    case = Numbers(lambda x: 2**32 * x, ("x",), ("bytes",), ()).case(1)
    assert case.problem(2**31) == "bytes: se esperaba 4294967296 y devuelve 2147483648."
    assert case.problem(10**400) == "bytes: se esperaba 4294967296 y devuelve inf."


def test_without_a_message_for_it_a_division_by_zero_is_python_s():
    case = Numbers(lambda x: x, ("x",), ("x",), ()).case(1.0)
    assert "ZeroDivisionError: " in judge(Exercise((case,), (), abs), lambda x: x / 0, "E").message


def test_the_answer_may_take_several_calls():
    def twice(function, x):
        return function(function(x))

    case = Numbers(lambda x: 2 * x, ("x",), ("dos veces",), ((lambda x: x, "nada."),)).case(5.0, run=twice)
    assert case.run(lambda x: 2 * x, 5.0) == 20.0
    assert case.problem(20.0) is None
    assert case.problem(5.0) == "nada."
    assert case.problem(10.0) == "dos veces: se esperaba 20 y devuelve 10."
