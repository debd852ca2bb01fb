from itertools import islice

import pytest
import torch

from coursekit.ssm.copier import ConstructedCopier, _slot
from coursekit.tasks import SelectiveCopying, accuracy, batches


def test_b_c_a_among_noise_by_hand():
    # symbols a b c = 0 1 2, noise 3, query 4: . b . . c . a . ? ? ?  ->  b c a
    ids = torch.tensor([[3, 1, 3, 3, 2, 3, 0, 3, 4, 4, 4]])
    scores = ConstructedCopier(SelectiveCopying(symbols=3, length=8, items=3))(ids)
    assert scores.shape == (1, 11, 3)
    assert scores[0, 8:].tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]  # exact: sums of zeros and ones


@pytest.mark.parametrize(
    "task", [SelectiveCopying(), SelectiveCopying(length=5, items=5, noise=7), SelectiveCopying(2, 300, 1)]
)
def test_it_copies_everything_and_without_selection_it_does_not(task):
    few = list(islice(batches(task, 64, seed=3), 2))
    assert accuracy(ConstructedCopier(task), few) == 1
    if task.length > task.items and task.items > 1:
        assert accuracy(ConstructedCopier(task, selective=False), few) < task.chance + 0.1


def test_without_selection_only_what_stands_first_finds_a_slot():
    # the slots are those of the first three tokens, whatever they are: b is found in slot 2, noise leaves 1 and 3 empty
    ids = torch.tensor([[3, 1, 3, 3, 2, 3, 0, 3, 4, 4, 4]])
    scores = ConstructedCopier(SelectiveCopying(symbols=3, length=8, items=3), selective=False)(ids)
    assert scores[0, 8:].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_the_slots_are_where_the_counts_are():
    assert _slot(torch.ones(1, 2, dtype=torch.int64, device="meta"), 3).shape == (1, 3, 2)
