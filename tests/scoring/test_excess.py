"""Arithmetic of the score. That models obey the floor is tested in test_train.py."""

from math import log2, sqrt
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from coursekit.scoring.excess import excess_along, excess_bits, paired_excess, story_log2_probabilities

CORPUS = SimpleNamespace(
    encode=lambda story: [".ab".index(token) for token in story],
    log2_probability=lambda story: -2.0 * len(story),
    log2_probabilities=lambda story: [-2.0] * len(story),
)


class Constant(nn.Module):
    """Always the same distribution: 1/2, 1/4, 1/4."""

    def forward(self, input_ids):
        return torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64).log().expand(*input_ids.shape, 3)


class Copy(nn.Module):
    """The last token again with 3/4, each other with 1/8: scores tell whether inputs and targets are aligned."""

    def forward(self, input_ids):
        return (torch.eye(3, dtype=torch.float64) * 5 / 8 + 1 / 8).log()[input_ids]


def test_by_hand():
    # d = (3, 1), n = (2, 2): mean 4/4 = 1; deviations 3 - 2 = 1 and 1 - 2 = -1; SE = sqrt(2/1 * 2) / 4 = 1/2
    score = paired_excess([-1.0, -1.0], [-4.0, -2.0], [2, 2])
    assert (score.mean, score.standard_error, score.tokens) == (1.0, 0.5, 4)
    # n = (1, 3), three stories of d = (1, 3, 0), n = (1, 3, 4): mean 4/8; deviations 1/2, 3/2, -2: squares 6.5
    score = paired_excess([0.0, 0.0, 0.0], [-1.0, -3.0, 0.0], [1, 3, 4])
    assert score.standard_error == pytest.approx(sqrt(3 / 2 * 6.5) / 8, abs=1e-15)


def test_stories_by_hand_and_in_order():
    stories = [["a", "b", "."], ["."], ["b", "."]]
    # a b . = 1/4 * 1/4 * 1/2 = 2^-5; . = 2^-1; b . = 2^-3
    assert story_log2_probabilities(Constant(), stories, CORPUS, batch=2) == pytest.approx([-5, -1, -3], abs=1e-12)
    # after END: . again 3/4; a 1/8, then a again 3/4, then END 1/8
    scores = story_log2_probabilities(Copy(), [["."], ["a", "a", "."]], CORPUS)
    assert scores == pytest.approx([log2(3 / 4), log2(1 / 8 * 3 / 4 * 1 / 8)], abs=1e-12)


def test_excess_of_a_constant_model():
    # log2 p = -2 a token; log2 q = -5 and -1: d = -6 + 5 = -1 and -2 + 1 = -1; mean -2 / 4
    score = excess_bits(Constant(), [["a", "b", "."], ["."]], CORPUS)
    assert (score.mean, score.tokens) == (pytest.approx(-0.5, abs=1e-12), 4)


def test_excess_along_the_row_by_hand():
    # rows of 4 hold [a . b .] and [a a .]; log2 q: letters -2, END -1; p is -2: excess 0 for a letter, -1 for END
    stories = [["a", "."], ["b", "."], ["a", "a", "."]]
    # position 0: a, a; 1: ., a; 2: b, .; 3: .
    assert excess_along(Constant(), stories, CORPUS, 4, (0, 1, 2, 4)) == pytest.approx([0, -1 / 2, -2 / 3], abs=1e-12)


def test_excess_along_sees_the_stories_before():
    # after END comes . with 3/4 again, in the second story as in the first
    first, second = excess_along(Copy(), [["."], ["."]], CORPUS, 2, (0, 1, 2))
    assert first == second == pytest.approx(-2 - log2(3 / 4), abs=1e-12)
    # a after END 1/8, END after a 1/8, b after END 1/8
    assert excess_along(Copy(), [["a", "."], ["b", "."]], CORPUS, 4, (2, 3)) == pytest.approx([-2 + 3], abs=1e-12)


def test_the_mode_of_the_model_is_kept_and_scoring_is_in_evaluation_mode():
    class Mode(Constant):
        seen = None

        def forward(self, input_ids):
            self.seen = self.training
            return super().forward(input_ids)

    for training in (True, False):
        model = Mode().train(training)
        for score in (story_log2_probabilities, lambda *arguments: excess_along(*arguments, 2, (0, 1))):
            score(model, [["."]], CORPUS)
            assert model.seen is False
            assert model.training is training


def test_scoring_keeps_no_graph():
    class Grad(Constant):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(3))

        def forward(self, input_ids):
            logits = super().forward(input_ids) + self.weight
            assert not logits.requires_grad
            return logits

    assert story_log2_probabilities(Grad(), [["."]], CORPUS) == pytest.approx([-1.0], abs=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least 2 stories .* got 1"):
        paired_excess([-1.0], [-1.0], [1])
    with pytest.raises(ValueError, match="the source can write, got one of probability 0"):
        paired_excess([-1.0, float("-inf")], [-1.0, -1.0], [1, 1])
    with pytest.raises(ValueError, match="reach every position up to 4"):
        excess_along(Constant(), [["a", "."]], CORPUS, 4, (0, 2, 4))
