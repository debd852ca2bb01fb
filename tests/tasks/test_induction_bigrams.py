from itertools import islice
from math import sqrt
from statistics import mean, stdev

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tasks import InductionBigrams, accuracy, batches


def rule(task):
    """At each token that came before, what followed it then."""
    return lambda row: {t: row[row.index(row[t]) + 1] for t in range(task.symbols, len(row))}


def test_by_hand(monkeypatch):
    # V = 5, M = 3, the docstring's sequence with a..e = 0..4: c a d b e, then the tokens of places 2, 0, 3
    orders = iter([torch.tensor([[2, 0, 3, 1, 4]]), torch.tensor([[2, 0, 3, 1]])])
    monkeypatch.setattr("coursekit.tasks.induction_bigrams.permutations", lambda *sizes: next(orders))
    task = InductionBigrams(symbols=5, queries=3)
    inputs, targets = task.draw(1, None)
    assert inputs.tolist() == [[2, 0, 3, 1, 4, 3, 2, 1]]
    assert targets.tolist() == [[-100] * 5 + [1, 0, 4]]
    assert (task.vocab_size, task.context, task.chance, task.order_blind) == (5, 8, 1 / 5, 1 / 4)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(data=st.data(), symbols=st.integers(3, 12))
def test_the_rule_solves_every_sequence(data, symbols, solver):
    task = InductionBigrams(symbols, data.draw(st.integers(1, symbols - 1)))
    inputs, targets = batch = next(batches(task, 8))
    assert accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    assert ((targets != -100).sum(1) == task.queries).all()
    assert (inputs[:, :symbols].sort(1).values == torch.arange(symbols)).all()
    for queries in inputs[:, symbols:].tolist():
        assert len(set(queries)) == task.queries


def test_the_successor_of_a_query_is_any_other_symbol(solver):
    # an answer that knows the query and all queries before it, but not the first five tokens
    task = InductionBigrams(symbols=5, queries=3)

    def scores(answer):
        model = solver(5, lambda row: {t: answer(row, t) for t in range(5, 8)})
        return [accuracy(model, [batch]) for batch in islice(batches(task, 32), 60)]

    def next_symbol(row, t):
        return (row[t] + 1) % 5

    def the_first_query_else_another(row, t):
        return row[5] if t > 5 else next_symbol(row, t)

    for answer in (next_symbol, the_first_query_else_another):
        right = scores(answer)
        assert abs(mean(right) - task.order_blind) <= 4 * stdev(right) / sqrt(len(right))


def test_no_fixed_distance_solves_it(solver):
    # the distance from a query to its successor takes every value from 1 to T - 2 (place 7 after place 1)
    inputs, targets = next(batches(InductionBigrams(symbols=5, queries=3), 400))
    distances = set()
    for row, asked in zip(inputs.tolist(), targets.tolist()):
        distances |= {t - row.index(asked[t]) for t in range(5, 8)}
    assert distances == set(range(1, 7))


@pytest.mark.parametrize(
    ("symbols", "queries", "message"),
    [
        (2, 1, "symbols: expected at least 3, got 2"),
        (5, 5, r"queries: expected 1 to 4 \(symbols - 1\), got 5"),
        (5, 0, r"queries: expected 1 to 4 \(symbols - 1\), got 0"),
    ],
)
def test_bad_sizes(symbols, queries, message):
    with pytest.raises(ValueError, match=message):
        InductionBigrams(symbols, queries)
