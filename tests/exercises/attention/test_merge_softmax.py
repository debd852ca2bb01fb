import math

import pytest
import torch

from coursekit.exercises.attention.merge_softmax import EXERCISE, merge
from coursekit.exercises.checking import judge


def block(scores, values):
    m = max(scores)
    weights = [math.exp(s - m) for s in scores]
    return m, sum(weights), sum(w * v for w, v in zip(weights, values))


def test_two_blocks_by_hand():
    # exp(-1) = 0.367879 fades the first: 0.367879 + 1.5 and 0.735759 - 4
    assert merge((0.0, 1.0, 2.0), (1.0, 1.5, -4.0)) == pytest.approx((1.0, 1.867879, -3.264241), abs=1e-6)


@pytest.mark.parametrize("cut", [1, 3, 63, 64, 65, 99])
def test_merged_blocks_are_one_block(cut):
    scores, values = torch.randn(2, 100, generator=torch.Generator().manual_seed(cut), dtype=torch.float64).tolist()
    scores = [40 * s for s in scores]
    whole = block(scores, values)
    merged = merge(block(scores[:cut], values[:cut]), block(scores[cut:], values[cut:]))
    assert merged == pytest.approx(whole, rel=1e-13, abs=1e-13)
    # o / l is the attention of one query
    weights = torch.tensor(scores, dtype=torch.float64).softmax(0)
    assert merged[2] / merged[1] == pytest.approx(
        (weights @ torch.tensor(values, dtype=torch.float64)).item(), rel=1e-12
    )


HIGHER = "a = (0.0, 1.0, 2.0), b = (1.0, 1.5, -4.0)"
NEGATIVE = "a = (-3.0, 1.5, 2.0), b = (-1.0, 2.0, -4.0)"
HUGE = "a = (1000.0, 1.5, 2.0), b = (998.0, 2.0, -3.0)"


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("without fading", HIGHER, "sumas los dos bloques sin atenuar"),
        ("fades only the output", HIGHER, "atenúas la salida o, pero no la suma l"),
        ("fades only the sum", HIGHER, "atenúas la suma l, pero no la salida o"),
        ("fades the wrong way", HIGHER, "atenúas al revés"),
        ("fades the other block", HIGHER, "atenúas el bloque que no es"),
        ("maximum from zero", NEGATIVE, "el máximo parte de 0"),
        ("largest in size", NEGATIVE, "el máximo no es el mayor en valor absoluto"),
        ("not stabilised", HUGE, "exp(m) desborda si m es grande"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


def _with_tensors(a, b):
    a, b = torch.tensor(a), torch.tensor(b)
    m = torch.maximum(a[0], b[0])
    return m, *((a[0].exp() * a[1:] + b[0].exp() * b[1:]) / m.exp())


def _by_products(a, b):
    m = max(a[0], b[0])
    return m, *((math.e ** a[0] * x + math.e ** b[0] * y) / math.e**m for x, y in zip(a[1:], b[1:]))


def _only_down_to(least):
    """Stabilised against large scores only."""

    def answer(a, b):
        shift = max(a[0], b[0], least)
        total = [math.exp(a[0] - shift) * x + math.exp(b[0] - shift) * y for x, y in zip(a[1:], b[1:])]
        m = max(a[0], b[0])
        return m, *(x / math.exp(m - shift) for x in total)

    return answer


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(_with_tensors, HUGE), (_by_products, HUGE), (_only_down_to(0.0), "a = (-1002.0, 1.0, 2.0), b = (-1000.0")],
)
def test_whoever_does_not_subtract_the_maximum_is_told_so_whatever_the_library(answer, shown):
    verdict = repr(judge(EXERCISE, answer, "Ejercicio"))
    assert f"con la entrada {shown}" in verdict
    assert "calcula exp(m_a - m), con la resta dentro" in verdict
