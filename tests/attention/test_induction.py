"""Scores of attention maps that do by hand what induction and previous-token heads do."""

import torch

from coursekit.attention.induction import prefix_matching, previous_token, repeated

P = 5


def _maps(*backs):
    """One layer whose head i looks `backs[i]` places back (at itself where there is none)."""
    maps = torch.zeros(2, len(backs), 2 * P, 2 * P)
    for head, back in enumerate(backs):
        for t in range(2 * P):
            maps[:, head, t, t - back if t >= back else t] = 1
    return maps


def test_tokens_come_twice():
    assert repeated(torch.tensor([[3, 1, 4]])).tolist() == [[3, 1, 4, 3, 1, 4]]


def test_a_head_that_looks_behind_the_earlier_case_scores_one_and_others_none():
    scores = prefix_matching({0: _maps(P - 1, P, 1), 2: _maps(0, P - 1, P - 2)}, P)
    assert scores.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_head_that_looks_at_the_token_before_scores_one_and_others_none():
    assert previous_token({0: _maps(P - 1, P, 1)}, P).tolist() == [[0, 0, 1]]
    assert previous_token({0: _maps(0)}, P).tolist() == [[0]]


def test_half_of_the_attention_is_half_of_the_score():
    maps = 0.5 * _maps(P - 1) + 0.5 * _maps(0)
    assert prefix_matching({0: maps}, P).item() == 0.5
