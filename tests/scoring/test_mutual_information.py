"""Bits that one thing tells of another."""

import pytest
import torch

from coursekit.scoring.mutual_information import entropy, mutual_information, shuffled_information


def test_by_hand():
    """Of four pairs, x = 0 always goes with y = 0, x = 1 half of the time: p(0,0) = 2/4, p(1,0) = p(1,1) = 1/4.

    y alone: 3/4 and 1/4. I = 1/2 log2(1/2 / (1/2 3/4)) + 1/4 log2(1/4 / (1/2 3/4)) + 1/4 log2(1/4 / (1/2 1/4))
      = 1/2 0.4150 - 1/4 0.5850 + 1/4 = 0.3113
    """
    assert mutual_information([0, 0, 1, 1], [0, 0, 0, 1]) == pytest.approx(0.3113, abs=1e-4)
    assert entropy([0, 0, 0, 1]) == pytest.approx(0.8113, abs=1e-4)


def test_a_copy_tells_all_and_a_constant_nothing():
    x = torch.arange(8).repeat(5)
    assert mutual_information(x, x) == entropy(x) == 3.0
    assert mutual_information(x, 7 - x) == 3.0
    assert mutual_information(x, torch.zeros_like(x)) == 0.0


def test_shuffling_leaves_what_chance_gives():
    """Independent fair coins of N pairs: on average about 1 / (2 N ln 2) bits (one degree of freedom)."""
    x = torch.arange(400) % 2
    chance = shuffled_information(x, x, shuffles=300)
    assert 0.5 / (2 * 400 * 0.693) < chance < 2 / (2 * 400 * 0.693)
    assert shuffled_information(x, x, seed=1) != shuffled_information(x, x)


def test_blocks_are_dealt_whole():
    """Two stories of 50 tokens, x and y the same in each: dealt whole, y still tells x; dealt alone, it does not."""
    x = torch.tensor([0] * 50 + [1] * 50)
    assert shuffled_information(x, x, blocks=x) == 1.0
    assert shuffled_information(x, x) < 0.1


def test_bad_input():
    with pytest.raises(ValueError, match="as many x as y"):
        mutual_information([0, 1], [0])
    with pytest.raises(ValueError, match="at least one"):
        mutual_information([], [])
    with pytest.raises(ValueError, match="expected one y in each"):
        shuffled_information([0, 1], [0, 1], blocks=[0, 0])
