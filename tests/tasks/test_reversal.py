import itertools
from collections import Counter
from dataclasses import replace
from itertools import islice
from math import sqrt
from statistics import mean, stdev

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tasks import Reversal, accuracy, batches, whole_accuracy
from coursekit.tasks.reversal import END, PAD


def rule(task):
    def solve(row):
        source = [token for token in row[: task.places] if token != PAD]
        return dict(enumerate((source[::-1] if task.backwards else source) + [END], start=task.places))

    return solve


@pytest.mark.parametrize(("backwards", "said"), [(True, [5, 4, 3]), (False, [3, 4, 5])])
def test_by_hand(monkeypatch, backwards, said):
    # S = 5; three symbols 3, 4, 5, and two that are beyond the length
    drawn = iter([torch.tensor([[3]]), torch.tensor([[3, 4, 5, 6, 6]])])
    monkeypatch.setattr(torch, "randint", lambda *bounds, generator: next(drawn))
    inputs, targets = Reversal(symbols=4, places=5, backwards=backwards).draw(1, None)
    assert inputs.tolist() == [[3, 4, 5, PAD, PAD, END, *said, PAD, PAD]]
    assert targets.tolist() == [[-100] * 5 + [*said, END, -100, -100]]


def test_a_full_source_by_hand(monkeypatch):
    drawn = iter([torch.tensor([[2]]), torch.tensor([[3, 4]])])
    monkeypatch.setattr(torch, "randint", lambda *bounds, generator: next(drawn))
    inputs, targets = Reversal(symbols=2, places=2).draw(1, None)
    assert inputs.tolist() == [[3, 4, END, 4, 3]]
    assert targets.tolist() == [[-100, -100, 4, 3, END]]


@settings(derandomize=True, max_examples=15, deadline=None)
@given(data=st.data(), symbols=st.integers(2, 9), places=st.integers(1, 12), backwards=st.booleans())
def test_the_rule_solves_every_sequence(data, symbols, places, backwards, solver):
    shortest = data.draw(st.integers(1, places))
    task = Reversal(symbols, places, shortest, data.draw(st.integers(shortest, places)), backwards)
    inputs, targets = batch = next(batches(task, 8))
    assert inputs.shape == (8, task.context)
    assert accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    assert whole_accuracy(solver(task.vocab_size, rule(task)), [batch]) == 1.0
    lengths = (inputs[:, :places] != PAD).sum(1)
    assert ((lengths >= task.shortest) & (lengths <= task.longest)).all()
    assert ((targets != -100).sum(1) == lengths + 1).all()


def test_lengths_are_uniform_and_one_alone_can_be_asked():
    task = Reversal(symbols=2, places=6, shortest=2, longest=5)
    lengths = Counter((next(batches(task, 800))[0][:, :6] != PAD).sum(1).tolist())
    assert set(lengths) == {2, 3, 4, 5}
    assert all(abs(count - 200) < 4 * sqrt(800 * 1 / 4 * 3 / 4) for count in lengths.values())
    inputs, _ = next(batches(replace(task, shortest=3, longest=3), 8))
    assert ((inputs[:, :6] != PAD).sum(1) == 3).all()
    assert inputs.shape == (8, task.context)


def test_chance_by_hand():
    # one symbol of two, then END: each is half of what is asked; END is always right there, a symbol half the time
    assert Reversal(symbols=2, places=1).chance == 1 / 2
    # lengths 1 and 5, 2 and 3, ..: of 8 answers 6 are symbols (6 / 2 = 3 right), 2 are END
    assert Reversal(symbols=2, places=4, shortest=2, longest=4).chance == pytest.approx((2 + 3 + 4) / 2 / 12)


@pytest.mark.parametrize(("symbols", "places", "shortest"), [(2, 3, 1), (3, 4, 2), (5, 3, 3)])
def test_order_blind_is_the_mean_over_all_words(symbols, places, shortest):
    right = asked = 0
    for n in range(shortest, places + 1):
        words = list(itertools.product(range(symbols), repeat=n))
        for word in words:
            # the most frequent symbol of what is left is the next one as often as it stands there
            left = [Counter(word[i:]) for i in range(n)]
            right += (1 + sum(max(c.values()) / sum(c.values()) for c in left)) / len(words)
        asked += n + 1
    assert Reversal(symbols, places, shortest).order_blind == pytest.approx(right / asked, rel=1e-12)


def test_a_model_that_counts_what_is_left_scores_order_blind(solver):
    task = Reversal(symbols=3, places=4)

    def solve(row):
        left, answers = Counter(token for token in row[: task.places] if token != PAD), {}
        for place in range(task.places, task.context):
            left = left if place == task.places else left - Counter([row[place]])
            answers[place] = max(left, key=lambda symbol: (left[symbol], symbol)) if left else END
        return answers

    scores = [accuracy(solver(task.vocab_size, solve), [b]) for b in islice(batches(task, 32), 60)]
    assert abs(mean(scores) - task.order_blind) <= 4 * stdev(scores) / sqrt(len(scores))


def test_whole_accuracy_by_hand(solver):
    task = Reversal(symbols=2, places=3, shortest=3)
    sources = torch.tensor([[2, 3, 2], [3, 2, 2], [3, 3, 3], [2, 2, 2]])
    end = torch.full((4, 1), END)
    inputs = torch.cat([sources, end, sources.flip(1)], dim=1)
    targets = torch.cat([torch.full((4, 3), -100), sources.flip(1), end], dim=1)
    wrong = {tuple(inputs[0].tolist()): task.places + 1, tuple(inputs[1].tolist()): task.places + 3}

    def solve(row):
        answers = rule(task)(row)
        if tuple(row) in wrong:
            answers[wrong[tuple(row)]] = PAD  # one answer of four
        return answers

    model = solver(task.vocab_size, solve).train()
    # the rows 0 and 1 have one wrong answer each, in two batches
    assert whole_accuracy(model, [(inputs[:3], targets[:3]), (inputs[3:], targets[3:])]) == 2 / 4
    assert model.training
    with pytest.raises(ValueError, match="^batches: expected at least one sequence, got none$"):
        whole_accuracy(model, [])


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"symbols": 1}, "symbols: expected at least 2, got 1"),
        ({"shortest": 0}, "expected 1 <= shortest <= longest <= places"),
        ({"shortest": 5, "longest": 4}, "expected 1 <= shortest <= longest <= places"),
        ({"longest": 17}, "expected 1 <= shortest <= longest <= places"),
    ],
)
def test_sizes_that_do_not_fit(sizes, message):
    with pytest.raises(ValueError, match=message):
        Reversal(**sizes)
