import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tasks import InductionPrefix, accuracy, batches


def rule(task):
    """At the last place, what follows the first special token."""
    return lambda row: {len(row) - 1: row[row.index(task.symbols) + 1]}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, [3, 2, 0, 1, 0, 2, 1, 3]),
        (2, [2, 0, 3, 1, 0, 2, 1, 3]),
        (5, [2, 0, 1, 0, 2, 3, 1, 3]),
    ],
)
def test_by_hand(monkeypatch, place, expected):
    # V = 3, T = 8, S = 3. The order 2 3 4 0 5 1, modulo 3, is 2 0 1 0 2 1; S is put in before `place`
    task = InductionPrefix(symbols=3, length=8)
    order = torch.tensor([[2, 3, 4, 0, 5, 1]])
    monkeypatch.setattr("coursekit.tasks.induction_prefix.permutations", lambda *sizes: order)
    monkeypatch.setattr(torch, "randint", lambda *bounds, generator: torch.tensor([[place]]))
    inputs, targets = task.draw(1, None)
    assert inputs.tolist() == [expected]
    assert targets.tolist() == [[-100] * 7 + [expected[place + 1]]]
    assert (task.vocab_size, task.context, task.chance, task.order_blind) == (4, 8, 1 / 3, 1 / 3)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(symbols=st.integers(2, 9), repeats=st.integers(1, 4))
def test_the_rule_solves_every_sequence_and_counting_does_not(symbols, repeats, solver):
    task = InductionPrefix(symbols, 2 + symbols * repeats)
    inputs, targets = batch = next(batches(task, 8))
    assert accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    assert (targets[:, :-1] == -100).all()
    for symbol in range(symbols):
        assert ((inputs == symbol).sum(1) == repeats).all()
    assert ((inputs == symbols).sum(1) == 2).all()


def test_the_first_special_token_stands_anywhere_but_next_to_the_last():
    inputs, _ = next(batches(InductionPrefix(symbols=2, length=8), 400))
    assert set((inputs == 2).int().argmax(1).tolist()) == set(range(6))


@pytest.mark.parametrize(
    ("symbols", "length", "message"),
    [
        (1, 10, "symbols: expected at least 2, got 1"),
        (16, 256, r"length: expected 2 and a multiple of 16 \(symbols\), such as 258, got 256"),
        (4, 2, r"length: expected 2 and a multiple of 4 \(symbols\), such as 6, got 2"),
        (4, -2, r"such as 6, got -2"),
    ],
)
def test_bad_sizes(symbols, length, message):
    with pytest.raises(ValueError, match=message):
        InductionPrefix(symbols, length)
