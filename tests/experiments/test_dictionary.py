"""Entries that nothing but having seen them can tell."""

import pytest

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.dictionary import dictionary, recalls


def test_the_pairs_are_all_different_and_the_draw_is_the_seed_s():
    pairs, answers = dictionary(200, 15, seed=3)
    assert len({tuple(pair) for pair in pairs.tolist()}) == 200
    assert pairs.min() >= 0
    assert pairs.max() < 15
    assert answers.min() >= 0
    assert answers.max() < 15
    assert (dictionary(200, 15, seed=3)[1] == answers).all()
    assert (dictionary(200, 15, seed=4)[1] != answers).any()


def test_a_wide_network_keeps_more_than_a_narrow_one_and_this_more_than_chance():
    sizes = DecoderConfig(16, width=8, layers=1, heads=2, ffn_width=4, context=2)
    arms = {
        "narrow": lambda: Decoder(sizes),
        "wide": lambda: Decoder(DecoderConfig(16, width=32, layers=1, heads=2, ffn_width=64, context=2)),
    }
    found = recalls(arms, 128, 16, seeds=(0,), steps=150, rows=128)
    assert 100 / 16 < found["narrow"][0] < found["wide"][0] <= 100


def test_bad_input():
    with pytest.raises(ValueError, match="from 1 to 225 pairs"):
        dictionary(226, 15, seed=0)
