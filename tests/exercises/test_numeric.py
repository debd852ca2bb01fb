import pytest

from coursekit.exercises.checking import Exercise, judge
from coursekit.exercises.numeric import Numbers

PAIR = Numbers(
    solution=lambda x: (x, [x, 2.0 * x]),
    names=("x",),
    parts=("p", "q"),
    mistakes=(
        (lambda x: (-x, [0.0, 0.0]), "el signo."),
        (lambda x: (x, [x, 3.0 * x]), "el doble."),
        (lambda x: (7.0, [x, 4.0 * x]), "no llega."),
    ),
    by_zero="entre cero.",
)
TABLE = Numbers(lambda n: [[1.0] * n] * 2, names=("n",), parts=("M",), mistakes=())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: (-x, [x, 2.0 * x]), "el signo."),  # the first part that is wrong decides; the rest may be right
        (lambda x: (x, [x, 3.0 * x]), "el doble."),
        # a mistake is recognised by all parts up to the wrong one, or not at all: 4 * 3 is not what it gives with p = x
        (lambda x: (x, [x, 4.0 * x]), "q[1]: se esperaba 6 y devuelve 12."),
        (lambda x: (x, [x, float("nan")]), "q[1]: se esperaba 6 y devuelve nan."),
        (lambda x: (x + 1, [x, x]), "p: se esperaba 3 y devuelve 4."),
        (lambda x: 1 / 0, "entre cero."),
        (lambda x: x, "se esperaba una tupla (p, q): un número, una lista de 2 números y devuelve 3.0."),
        (lambda x: (x, x), "se esperaba una tupla (p, q)"),
        (lambda x: (x, [x]), "se esperaba una tupla (p, q)"),
        (lambda x: (x, ["a", "b"]), "se esperaba una tupla (p, q)"),
        (lambda x: ([x], [x, 2.0 * x]), "se esperaba una tupla (p, q)"),
    ],
)
def test_a_tuple_is_judged_part_by_part(answer, message):
    verdict = judge(Exercise((PAIR.case(3.0),), (), PAIR.solution), answer, "E")
    assert verdict.message.startswith("❌ E: con la entrada x = 3.0, " + message)


def test_lists_tuples_and_float32_are_as_good():
    # the spacing of float32 at 3 is 2.4e-7, a relative 8e-8
    for answer in (lambda x: [x, (x, 2.0 * x)], lambda x: (x * (1 + 8e-8), [x, 2.0 * x])):
        assert judge(Exercise((PAIR.case(3.0),), (), PAIR.solution), answer, "E")


@pytest.mark.parametrize(
    ("size", "answer", "message"),
    [
        (3, [[1.0] * 3, [1.0, 0.5, 1.0]], "M[1][1]: se esperaba 1 y devuelve 0.5."),
        (3, [[1.0] * 3], "se esperaba una lista de 2 listas de 3 números y devuelve [[1.0, 1.0, 1.0]]."),
        (1, 1.0, "se esperaba una lista de 2 listas de 1 número y devuelve 1.0."),
    ],
)
def test_a_single_part_may_be_a_table(size, answer, message):
    assert TABLE.case(size).problem(answer) == message


def test_the_smallest_difference_that_counts():
    case = Numbers(lambda x: x, ("x",), ("x",), ()).case(0.0)
    assert case.problem(1e-8) is None  # what float32 leaves of a sum of numbers near 0.1 that should be 0
    assert case.problem(1e-6) == "x: se esperaba 0 y devuelve 1e-06."


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
