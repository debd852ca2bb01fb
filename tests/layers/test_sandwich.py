import pytest
import torch
from torch import nn

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.norms import RMSNorm
from coursekit.layers.sandwich import SandwichNorm

CONFIG = DecoderConfig(vocab_size=5, width=2, layers=1, heads=1, norm_eps=0.0, rope_base=None)


class Doubled(nn.Module):
    def forward(self, x, cache=None, positions=None, mask=None):
        return 2 * x


class WithLoss(nn.Module):
    def forward(self, x):
        return -x, 7.0


def weighted(block):
    """Norms with their own numbers, so that none can stand for another."""
    for number, name in enumerate(("mixer_norm", "mixer_output_norm", "ffn_norm", "ffn_output_norm"), start=1):
        norm = getattr(block, name)
        if norm is not None:
            norm.weight.data = torch.tensor([1.0, number])
    return block.double()


def test_by_hand():
    # x = (1, 1): norm (1, 1), weighted (1, 1), mixer (2, 2), norm (1, 1), weighted (1, 2): x = (2, 3)
    # norm (2, 3) / sqrt(6.5), weighted (2, 9) / sqrt(6.5), ffn the negative, norm (-2, -9) / sqrt(42.5), times (1, 4)
    block = weighted(SandwichNorm(CONFIG, Doubled(), WithLoss(), RMSNorm))
    y, loss = block(torch.ones(1, 1, 2).double())
    assert y.flatten().tolist() == pytest.approx([2 - 2 / 42.5**0.5, 3 - 36 / 42.5**0.5], abs=1e-12)
    assert loss == 7.0
    block = weighted(SandwichNorm(CONFIG, Doubled(), None, RMSNorm))
    assert len(list(block.parameters())) == 2
    y, loss = block(torch.ones(1, 1, 2).double())
    assert y.flatten().tolist() == pytest.approx([2, 3], abs=1e-12)
    assert loss == 0.0


def test_what_a_part_adds_has_the_size_of_its_norm_whatever_the_part_writes():
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=5, width=8, layers=1, heads=2, norm_eps=0.0)
    model = Decoder(config, block=SandwichNorm).double()
    x = torch.randn(3, 5, 8, dtype=torch.float64)
    before, loss = model.blocks[0](x)
    assert loss == 0.0
    for part in (model.blocks[0].mixer, model.blocks[0].ffn):
        part.output.weight.data *= 1000
    torch.testing.assert_close(model.blocks[0](x)[0], before, rtol=0, atol=1e-9)


def test_cache_positions_and_mask_reach_the_mixer():
    seen = []

    class Noting(nn.Module):
        def forward(self, x, cache=None, positions=None, mask=None):
            seen.append((cache, positions, mask))
            return x

    SandwichNorm(CONFIG, Noting(), None, RMSNorm)(torch.ones(1, 1, 2), "cache", "positions", "mask")
    assert seen == [("cache", "positions", "mask")]
