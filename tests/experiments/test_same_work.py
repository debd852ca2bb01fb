"""Arms of equal work, side by side."""

from functools import partial

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.same_work import same_work
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
    assert len(inside["chosen"][0][0]) == 2
    assert [len(layer) for layer in inside["without"]] == [4, 4]
    assert inside["without"] != moe["inside"][1]["without"]
