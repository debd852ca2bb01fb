"""Induction beyond the length of training."""

import pytest
import torch

from coursekit.experiments import induction_lengths
from coursekit.experiments.induction_lengths import accuracies_by_length, longer_task
from coursekit.ssm.mamba import Mamba


def test_a_longer_task_keeps_its_question():
    """Six tokens, four of them read: three times longer, twelve read and the question again."""
    assert longer_task(2, 6, 1).length == 6
    assert longer_task(2, 6, 3).length == 14


def test_each_arm_has_a_row_a_seed_with_each_length():
    arms = {"some": (Mamba, None, 0.01, 80), "none": (Mamba, None, 1e-6, 1)}
    rows = accuracies_by_length(arms, (1, 2), symbols=2, length=6, seeds=(0, 1))
    assert list(rows) == ["some", "none"]
    assert all(list(row) == ["1", "2"] for runs in rows.values() for row in runs)
    assert min(row["1"] for row in rows["some"]) > 95
    assert rows["none"][0]["1"] < 80
    again = accuracies_by_length({"some": arms["some"]}, (1, 2), symbols=2, length=6, seeds=(1,))
    assert again["some"] == rows["some"][1:]


@pytest.mark.parametrize(("times", "rows", "read"), [(1, 64, 2), (16, 4, 32), (64, 2, 64)])
def test_every_length_is_scored_on_as_many_sequences(monkeypatch, times, rows, read):
    seen = []
    monkeypatch.setattr(induction_lengths, "accuracy", lambda model, batches: seen.extend(x for x, _ in batches) or 1.0)
    assert induction_lengths._percentage(torch.nn.Identity(), longer_task(2, 6, times), times) == 100
    assert [len(batch) for batch in seen] == [rows] * read
