from itertools import product

import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.ssm.state_bits import EXERCISE, copy_limit
from coursekit.ssm.counting import copy_accuracy, copy_bound, positional_machine


def test_small_states_by_hand():
    assert copy_limit(7, 4, 5) == (3, 0.125)  # 2 bits a token; 2^7 = 128 of 4^5 = 1024 texts
    assert copy_limit(7, 4, 3) == (3, 1.0)
    assert copy_limit(0, 2, 1) == (0, 0.5)  # without a state, a guess


def test_the_state_of_a_whole_model():
    # 24 layers of 1536 channels with 16 states of 16 bits; 50 280 symbols: 9 437 184 bits / 15.6177
    bits = 24 * 1536 * 16 * 16
    assert copy_limit(bits, 50280, 10**9) == (604262, 0.0)


@pytest.mark.parametrize(("bits", "symbols", "items"), [(1, 2, 1), (1, 2, 2), (1, 3, 1), (2, 5, 1)])
def test_no_way_to_write_and_read_a_state_does_better_and_one_does_as_well(bits, symbols, items):
    texts, states = list(product(range(symbols), repeat=items)), range(2**bits)
    best = 0
    for written in product(states, repeat=len(texts)):
        # the best reader gives one of the texts that each state stands for, so it has as many right as states in use
        best = max(best, len(set(written)))
    assert copy_limit(bits, symbols, items)[1] == pytest.approx(best / len(texts), rel=1e-14)


@pytest.mark.parametrize(("bits", "symbols", "items"), [(3, 2, 5), (7, 4, 5), (6, 4, 3), (0, 3, 1)])
def test_it_is_the_bound_of_the_course_which_a_machine_meets(bits, symbols, items):
    _, accuracy = copy_limit(bits, symbols, items)
    machine = positional_machine(bits, symbols, items)
    assert accuracy == pytest.approx(copy_bound(bits, symbols, items), rel=1e-14)
    assert accuracy == pytest.approx(copy_accuracy(bits, symbols, items, *machine), rel=1e-14)


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("bytes", "bits = 2, symbols = 3, items = 5", "cuentas bytes"),
        ("natural logarithm", "bits = 8, symbols = 3, items = 6", "usas el logaritmo natural"),
        ("rounded up", "bits = 2, symbols = 3, items = 5", "redondea hacia abajo"),
        ("share of tokens", "bits = 2, symbols = 3, items = 5", "das la parte de los tokens que caben"),
        ("few texts", "bits = 2, symbols = 3, items = 5", "cuentas symbols · items textos"),
        ("whole bits", "bits = 8, symbols = 3, items = 6", "das a cada token un número entero de bits"),
        ("the other way up", "bits = 2, symbols = 3, items = 5", "la fracción está del revés"),
        ("without cap", "bits = 9, symbols = 5, items = 2", "un acierto no pasa de 1"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


def _in_integers(bits, symbols, items):
    tokens = 0
    while symbols ** (tokens + 1) <= 2**bits:
        tokens += 1
    return tokens, min(1, 2**bits / symbols**items)


@pytest.mark.parametrize("answer", [EXERCISE.solution, _in_integers])
def test_the_solution_and_whole_numbers_are_right(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda *arguments: 3, "se esperaba una tupla (tokens, accuracy): un número, un número y devuelve 3."),
        (lambda *arguments: (1, 0.25), "accuracy: se esperaba 0.0164609 y devuelve 0.25."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(judge(EXERCISE, answer, "Ejercicio"))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ("bytes", (12, 1)),  # 24 bits, 10 are enough
        ("natural logarithm", (2, 1 / 128)),  # 3 / 1.386294 = 2.16
        ("rounded up", (2, 1 / 128)),
        ("without cap", (1, 1 / 128)),
        ("share of tokens", (1, 1 / 5)),
        ("few texts", (1, 8 / 20)),
        ("whole bits", (1, 1 / 128)),
        ("the other way up", (1, 1.0)),  # 1024 / 8, at most 1
    ],
)
def test_each_mistake_by_hand(mistake, answer):
    # 3 bits, 2 a token: one token fits; 2^3 = 8 of the 4^5 = 1024 texts of five
    assert EXERCISE.wrong[mistake](3, 4, 5) == answer
