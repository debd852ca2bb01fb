"""Associative recall learned, for several seeds."""

from coursekit.attention import Attention
from coursekit.experiments.recall_seeds import recall_accuracies, recall_at_best_rates
from coursekit.ssm.convolved import Convolved
from coursekit.ssm.mamba import Mamba
from coursekit.tasks import AssociativeRecall

TASK = AssociativeRecall(pairs=2, keys=2, values=8, length=6)


def test_a_trained_arm_knows_the_values_and_an_untrained_one_guesses():
    """Two values of eight: guessing is right once in eight times, whoever knows which two there are at least in two."""
    arms = {"attention": (Convolved, 0.02), "mamba": (Mamba, 0.02)}
    scored = recall_accuracies(TASK, arms, steps=60, seeds=(0, 1))
    assert list(scored) == ["attention", "mamba"]
    assert all(len(values) == 2 for values in scored.values())
    assert min(min(values) for values in scored.values()) > 40
    assert recall_accuracies(TASK, {"attention": (Convolved, 1e-5)}, steps=1, seeds=(0,))["attention"][0] < 30


def test_each_arm_takes_the_rate_that_was_best_with_the_other_seed():
    """At one in a million nothing is learned: that rate is tried, and not taken. The trial has a seed of its own."""
    arms = {"pure": [Mamba, Mamba], "hybrid": [Mamba, Attention]}
    found = recall_at_best_rates(TASK, arms, (1e-6, 0.02), width=16, steps=30, trial=7, seeds=(0, 1))
    assert list(found) == ["pure", "hybrid"]
    for name, row in found.items():
        assert row["rate"] == 0.02
        assert row["tried"][1] == max(row["tried"]) > row["tried"][0]
        alone = recall_accuracies(TASK, {name: (arms[name], 0.02)}, width=16, steps=30, seeds=(7, 0, 1))[name]
        assert alone == [row["tried"][1], *row["runs"]]
