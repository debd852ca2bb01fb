"""What all tasks have in common."""

from itertools import islice
from math import sqrt
from statistics import mean, stdev

import pytest
import torch

from coursekit.tasks import (
    AssociativeRecall,
    InductionBigrams,
    InductionPrefix,
    Reversal,
    SelectiveCopying,
    accuracy,
    batches,
)

TASKS = [
    SelectiveCopying(symbols=4, length=9, items=3, noise=2),
    InductionPrefix(symbols=4, length=10),
    InductionBigrams(symbols=6, queries=3),
    AssociativeRecall(pairs=3, keys=5, values=6, length=12),
    Reversal(symbols=3, places=6, shortest=4),
]
NAMES = [type(task).__name__ for task in TASKS]
CONSTANT = [
    0,
    0,
    0,
    5,
    4,
]  # an id that can be right: the first value of the recall is 5, symbols of Reversal begin at 3

each_task = pytest.mark.parametrize("task", TASKS, ids=NAMES)


@each_task
def test_shapes_types_and_ids(task):
    inputs, targets = next(batches(task, 200))
    assert inputs.shape == targets.shape == (200, task.context)
    assert inputs.dtype == targets.dtype == torch.int64
    # 200 sequences use every id, and no other: the model has no row to spare
    assert set(inputs.flatten().tolist()) == set(range(task.vocab_size))
    assert set(targets.flatten().tolist()) <= {-100, *range(task.vocab_size)}


@each_task
def test_seeds_decide(task):
    def first(seed):
        return [torch.stack(pair) for pair in islice(batches(task, 4, seed), 3)]

    torch.manual_seed(1)
    once = first(5)
    torch.manual_seed(2)
    assert all(map(torch.equal, once, first(5)))
    assert not torch.equal(once[0], first(6)[0])
    assert not torch.equal(once[0], once[1])  # endless, and not the same batch again
    assert torch.equal(once[0], torch.stack(next(batches(task, 4, seed=5))))


@each_task
def test_the_default_seed_is_0(task):
    assert torch.equal(next(batches(task, 4))[0], next(batches(task, 4, seed=0))[0])


@each_task
def test_random_numbers_outside_are_left_alone(task):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    next(batches(task, 2))
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(("task", "answer"), list(zip(TASKS, CONSTANT)), ids=NAMES)
def test_a_constant_model_scores_chance(task, answer, solver):
    model = solver(task.vocab_size, lambda row: dict.fromkeys(range(len(row)), answer))
    scores = [accuracy(model, [batch]) for batch in islice(batches(task, 32), 60)]
    assert abs(mean(scores) - task.chance) <= 4 * stdev(scores) / sqrt(len(scores))


def test_a_batch_has_rows():
    with pytest.raises(ValueError, match="batch: expected at least 1, got 0"):
        batches(TASKS[0], 0)
    assert len(next(batches(TASKS[0], 1))[0]) == 1


def test_the_default_sizes():
    assert SelectiveCopying() == SelectiveCopying(symbols=8, length=64, items=4, noise=1)
    assert InductionPrefix() == InductionPrefix(symbols=16, length=258)
    assert InductionBigrams() == InductionBigrams(symbols=16, queries=15)
    assert Reversal() == Reversal(symbols=16, places=16, shortest=1, longest=16, backwards=True)
    assert AssociativeRecall() == AssociativeRecall(pairs=8, keys=32, values=32, length=64)
