"""Depths compared on a task."""

from coursekit.experiments.induction_depth import induction_accuracies, induction_model
from coursekit.layers.feedforward import FeedForward
from coursekit.tasks import InductionBigrams


def test_induction_accuracies_of_an_untrained_and_a_trained_arm():
    """Three symbols: guessing one of two is right half of the time; trained for a while, two layers do better."""
    task = InductionBigrams(symbols=3, queries=2)
    arms = {"two": (2, None), "one": (1, FeedForward)}
    scored = induction_accuracies(task, arms, seeds=(0, 1), steps=150)
    assert list(scored) == ["two", "one"]
    assert all(len(values) == 2 for values in scored.values())
    assert min(scored["two"]) > 90
    assert all(0 <= value <= 100 for values in scored.values() for value in values)
    assert induction_model(task, 1).blocks[0].ffn is None
    assert len(induction_model(task, 2).blocks) == 2
