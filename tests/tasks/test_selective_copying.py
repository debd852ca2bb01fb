import itertools
from collections import Counter
from itertools import islice
from math import sqrt
from statistics import mean, stdev

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tasks import SelectiveCopying, accuracy, batches


def rule(task):
    """The data of a row, in order, at the queries."""

    def solve(row):
        return dict(enumerate((token for token in row if token < task.symbols), start=task.length))

    return solve


def test_by_hand(monkeypatch):
    # V = 3, L = 6, M = 2: noise 3, query 4. Data 2, 0 at the places 5 and 1 of an order of six: sorted, 1 and 5
    task = SelectiveCopying(symbols=3, length=6, items=2)
    monkeypatch.setattr(
        "coursekit.tasks.selective_copying.permutations", lambda *sizes: torch.tensor([[5, 1, 0, 2, 3, 4]])
    )
    data = iter([torch.full((1, 8), 3), torch.tensor([[2, 0]])])
    monkeypatch.setattr(torch, "randint", lambda *bounds, generator: next(data))
    inputs, targets = task.draw(1, None)
    assert inputs.tolist() == [[3, 2, 3, 3, 3, 0, 4, 4]]
    assert targets.tolist() == [[-100] * 6 + [2, 0]]
    assert (task.vocab_size, task.context, task.chance) == (5, 8, 1 / 3)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(data=st.data(), symbols=st.integers(2, 9), length=st.integers(1, 20), noise=st.integers(1, 3))
def test_the_rule_solves_every_sequence(data, symbols, length, noise, solver):
    task = SelectiveCopying(symbols, length, data.draw(st.integers(1, length)), noise)
    inputs, targets = batch = next(batches(task, 8))
    assert accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    assert ((targets != -100).sum(1) == task.items).all()
    assert ((inputs[:, :length] < symbols).sum(1) == task.items).all()
    assert (inputs[:, length:] == task.vocab_size - 1).all()


def test_data_stand_anywhere_and_noise_is_mixed():
    inputs, _ = next(batches(SelectiveCopying(symbols=2, length=7, items=2, noise=3), 400))
    for place in inputs[:, :7].T:
        # data twice in seven places, a binomial count; each noise token in a third of the rest
        assert abs((place < 2).sum().item() - 400 * 2 / 7) < 4 * sqrt(400 * 2 / 7 * 5 / 7)
        assert set(place.tolist()) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(("symbols", "items"), [(2, 1), (2, 5), (3, 4), (5, 3), (8, 4)])
def test_order_blind_is_the_mean_over_all_words(symbols, items):
    words = list(itertools.product(range(symbols), repeat=items))
    expected = sum(max(Counter(word).values()) for word in words) / (len(words) * items)
    assert SelectiveCopying(symbols, 10, items).order_blind == pytest.approx(expected, rel=1e-12)


def test_order_blind_by_hand():
    # two coins: both alike in 2 of 4 words, then any answer is right; else half of them: (2 * 1 + 2 * 1/2) / 4
    assert SelectiveCopying(symbols=2, length=4, items=2).order_blind == 3 / 4


def test_a_model_that_counts_scores_order_blind(solver):
    task = SelectiveCopying(symbols=4, length=10, items=3)

    def most_frequent(row):
        answer = Counter(token for token in row if token < task.symbols).most_common(1)[0][0]
        return dict.fromkeys(range(len(row)), answer)

    scores = [accuracy(solver(task.vocab_size, most_frequent), [b]) for b in islice(batches(task, 32), 60)]
    assert abs(mean(scores) - task.order_blind) <= 4 * stdev(scores) / sqrt(len(scores))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"symbols": 1}, r"expected symbols >= 2 and noise >= 1, got SelectiveCopying\(symbols=1,"),
        ({"noise": 0}, r"expected symbols >= 2 and noise >= 1, got .*noise=0\)"),
        ({"items": 65}, r"items: expected 1 to 64 \(length\), got 65"),
        ({"items": 0}, r"items: expected 1 to 64 \(length\), got 0"),
    ],
)
def test_bad_sizes(sizes, message):
    with pytest.raises(ValueError, match=message):
        SelectiveCopying(**sizes)
