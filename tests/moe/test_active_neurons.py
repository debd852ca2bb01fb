"""Part of a feed-forward's neurons: all of them is the whole, and the rest is left out token by token."""

import pytest
import torch

from coursekit.decoder import DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.moe.active_neurons import active_neurons, at_random, strongest

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, ffn_width=24)


def test_strongest_by_hand():
    """|h| times the columns: 3 x 1, 1 x 1, 2 x 3, 0 x 9: two neurons are 2 and 0; a block of two, 2 and 3 (6 > 4)."""
    h, columns = torch.tensor([[3.0, 1.0, -2.0, 0.0]]), torch.tensor([1.0, 1.0, 3.0, 9.0])
    assert strongest(h, columns, 2).tolist() == [[True, False, True, False]]
    assert strongest(h, columns, 2, block=2).tolist() == [[False, False, True, True]]
    assert strongest(h, columns, 4).all()


def test_the_whole_is_the_original_and_a_part_is_what_is_left():
    torch.manual_seed(0)
    ffn, x = FeedForward(CONFIG).double(), torch.randn(3, 5, 16, dtype=torch.float64)
    whole = ffn(x)
    with active_neurons([ffn], 1.0):
        assert (ffn(x) == whole).all()
    h = torch.nn.functional.silu(ffn.gate(x)) * ffn.up(x)
    chosen = strongest(h, ffn.output.weight.norm(dim=0), 6)
    assert (chosen.sum(-1) == 6).all()
    with active_neurons([ffn], 0.25):
        torch.testing.assert_close(ffn(x), (h * chosen) @ ffn.output.weight.T, rtol=0, atol=1e-12)
    assert (ffn(x) == whole).all()


def test_the_strongest_lose_less_than_those_drawn():
    torch.manual_seed(0)
    ffn, x = FeedForward(CONFIG).double(), torch.randn(30, 16, dtype=torch.float64)
    whole, lost = ffn(x), {}
    for name, choose in (("strongest", strongest), ("drawn", at_random(torch.Generator().manual_seed(0)))):
        with active_neurons([ffn], 0.5, choose, block=2):
            lost[name] = (ffn(x) - whole).norm().item()
    assert 0 < lost["strongest"] < 0.8 * lost["drawn"]


def test_bad_input():
    ffn = FeedForward(CONFIG)
    with pytest.raises(ValueError, match="above 0 and at most 1"), active_neurons([ffn], 0):
        pass
    with pytest.raises(ValueError, match="a divisor of 24"), active_neurons([ffn], 0.5, block=5):
        pass
