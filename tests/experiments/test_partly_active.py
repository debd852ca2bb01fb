"""Part of each feed-forward of a decoder."""

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.partly_active import bits_per_byte, partly_active
from coursekit.moe.active_neurons import active_neurons
from coursekit.scoring.text import token_bits


def test_all_is_the_whole_and_less_is_something_else():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(11, width=16, layers=2, heads=2, ffn_width=16)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    rows = torch.randint(11, (2, 9))
    found = partly_active(model, rows, [10, 20], parts=(1.0, 0.25), experts=(4,))
    bits = token_bits(model, rows).sum(1)
    assert found["whole"] == pytest.approx([bits[0].item() / 10, bits[1].item() / 20])
    for arm in ("strongest", "drawn", "experts-4"):
        assert found[arm]["1/1"] == pytest.approx(found["whole"], rel=1e-5)
        assert found[arm]["1/4"] != pytest.approx(found["whole"], rel=1e-3)
    assert found["strongest"]["1/4"] != found["experts-4"]["1/4"]
    with active_neurons([block.ffn for block in model.blocks], 0.25):  # in every layer
        assert found["strongest"]["1/4"] == pytest.approx(bits_per_byte(model, rows, [10, 20]))
