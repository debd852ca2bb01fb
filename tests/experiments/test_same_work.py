"""Arms of equal work, side by side."""

from functools import partial

import pytest
import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.same_work import read_back, same_work, written
from coursekit.moe import MixtureOfExperts

SMALL = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=2, heads=2, ffn_width=16)


def test_rows_of_two_arms():
    arms = {
        "dense": lambda: Decoder(SMALL),
        "moe": lambda: Decoder(SMALL, ffn=partial(MixtureOfExperts, experts=4, top_k=2, width=8)),
    }
    found = same_work(arms, seeds=(0, 1), tokens=3000, rows=2, points=2, stories=40)
    dense, moe = found["dense"], found["moe"]
    assert dense["total"] == dense["active"]
    assert moe["active"] == dense["active"] + 2 * 16 * 4  # the routers
    assert moe["total"] == moe["active"] + 2 * 2 * 3 * 16 * 8  # two idle experts a layer
    assert not dense["inside"]
    assert len(moe["inside"]) == 2
    for row in found.values():
        assert len(row["curves"]) == 2
        for curve in row["curves"]:
            assert len(curve) == 2
            assert curve[0][0] < curve[1][0]
            assert 0 < curve[1][1] < curve[0][1]
    inside = moe["inside"][0]
    assert len(inside["chosen"]) == 2
    chosen = read_back(inside["chosen"][0], 2)
    assert chosen.shape[1] == 2
    assert 0 <= chosen.min() <= chosen.max() < 4
    assert (chosen[:, 0] != chosen[:, 1]).all()
    assert [len(layer) for layer in inside["without"]] == [4, 4]
    assert inside["without"] != moe["inside"][1]["without"]


def test_choices_are_written_and_read_back():
    assert written(torch.tensor([[3, 0], [1, 9]])) == "3019"
    assert read_back("3019", 2).tolist() == [[3, 0], [1, 9]]
    with pytest.raises(ValueError, match="from 0 to 9, got 1 .. 10"):
        written(torch.tensor([[1, 10]]))
