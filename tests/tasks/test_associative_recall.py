import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tasks import AssociativeRecall, accuracy, batches


def rule(task):
    """At each key after the pairs, the value that stands behind it in them."""

    def solve(row):
        written = row[: 2 * task.pairs]
        value = dict(zip(written[::2], written[1::2]))
        return {t: value[row[t]] for t in range(len(written), len(row)) if row[t] in value}

    return solve


def test_by_hand(monkeypatch):
    # M = 3, K = 4, W = 5, T = 12: values are 4 .. 8, the blank is 9. Keys 1 3 0, values 4 + (3 1 4) = 7 5 8,
    # queries at 6 + (4 1 3) = 10 7 9
    orders = iter([torch.tensor([order]) for order in ([1, 3, 0, 2], [3, 1, 4, 0, 2], [4, 1, 3, 0, 2, 5])])
    monkeypatch.setattr("coursekit.tasks.associative_recall.permutations", lambda *sizes: next(orders))
    task = AssociativeRecall(pairs=3, keys=4, values=5, length=12)
    inputs, targets = task.draw(1, None)
    assert inputs.tolist() == [[1, 7, 3, 5, 0, 8, 9, 3, 9, 0, 1, 9]]
    assert targets.tolist() == [[-100] * 7 + [5, -100, 8, 7, -100]]
    assert (task.vocab_size, task.context, task.chance, task.order_blind) == (10, 12, 1 / 5, 1 / 3)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(pairs=st.integers(2, 6), more_keys=st.integers(0, 5), more_values=st.integers(0, 5), blanks=st.integers(0, 9))
def test_the_rule_solves_every_sequence(pairs, more_keys, more_values, blanks, solver):
    task = AssociativeRecall(pairs, pairs + more_keys, pairs + more_values, 3 * pairs + blanks)
    inputs, targets = batch = next(batches(task, 8))
    assert accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    assert ((targets != -100).sum(1) == pairs).all()
    assert ((inputs == task.vocab_size - 1).sum(1) == blanks).all()
    for row in inputs.tolist():
        written, rest = row[: 2 * pairs], row[2 * pairs :]
        assert len(set(written)) == 2 * pairs
        assert sorted(token for token in rest if token < task.keys) == sorted(written[::2])


def test_queries_stand_anywhere_in_any_order():
    inputs, _ = next(batches(AssociativeRecall(pairs=2, keys=3, values=3, length=8), 400))
    places = [tuple(row[4:].index(key) for key in (row[0], row[2])) for row in inputs.tolist()]
    assert set(places) == {(a, b) for a in range(4) for b in range(4) if a != b}


def test_a_model_that_only_knows_the_values_is_right_once_a_sequence(solver):
    task = AssociativeRecall(pairs=4, keys=6, values=9, length=20)
    model = solver(task.vocab_size, lambda row: dict.fromkeys(range(20), min(t for t in row if t >= task.keys)))
    assert accuracy(model, [next(batches(task, 50))]) == task.order_blind == 1 / 4


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((1, 4, 4, 12), "pairs: expected at least 2, got 1"),
        ((4, 3, 4, 12), "keys: expected at least 4, with 4 pairs, got 3"),
        ((4, 4, 3, 12), "values: expected at least 4, with 4 pairs, got 3"),
        ((4, 4, 4, 11), "length: expected at least 12, with 4 pairs, got 11"),
    ],
)
def test_bad_sizes(sizes, message):
    with pytest.raises(ValueError, match=message):
        AssociativeRecall(*sizes)
