"""Copies that start where the model is, and part."""

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.upcycled import upcycling


def test_equal_at_the_start_then_apart():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(11, width=16, layers=2, heads=2, ffn_width=24)).eval()
    before = [weight.clone() for weight in model.parameters()]
    rows = torch.randint(11, (2, 9))

    def batches():
        while True:
            yield rows[:, :-1], rows[:, 1:]

    found = upcycling(model, [1], batches, rows, [10, 10], steps=20, looks=4, lr=0.01, experts=4)
    assert found["difference"] < 1e-6
    assert found["same"] == 1
    assert found["apart"][0] == pytest.approx(0, abs=1e-7)
    assert len(found["apart"]) == 5
    assert 0 < found["apart"][1] < found["apart"][-1]
    for arm in ("dense", "moe"):  # one layer's feed-forward learns, and two rows by heart
        assert sum(found[arm]) < 0.95 * sum(found["before"])
    assert all((weight == old).all() for weight, old in zip(model.parameters(), before))
