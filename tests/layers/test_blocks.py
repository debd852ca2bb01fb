import pytest
import torch
from torch import nn

from coursekit.decoder import DecoderConfig
from coursekit.layers.blocks import PostNorm, PreNorm
from coursekit.layers.norms import RMSNorm

CONFIG = DecoderConfig(vocab_size=2, width=2, layers=1, heads=1, norm_eps=0.5)


class Halve:
    """Stands in for a norm, and shows where it is: halves, if it was given the width and the eps of CONFIG."""

    def __init__(self, width, eps):
        assert (width, eps) == (2, 0.5)

    def __call__(self, x):
        return x / 2


class PlusTen(nn.Module):
    def forward(self, x, cache=None, positions=None, mask=None):
        return x + 10


@pytest.mark.parametrize(
    ("block", "mixed", "whole"),
    [
        # x = 4. PreNorm: 4 + (4/2 + 10) = 16; 16 + (16/2 + 10) = 34
        (PreNorm, 16.0, 34.0),
        # PostNorm: (4 + 14)/2 = 9; (9 + 19)/2 = 14
        (PostNorm, 9.0, 14.0),
    ],
)
def test_wiring_by_hand(block, mixed, whole):
    x = torch.tensor(4.0)
    assert block(CONFIG, PlusTen(), None, Halve)(x) == (mixed, 0.0)
    assert block(CONFIG, PlusTen(), PlusTen(), Halve)(x) == (whole, 0.0)


@pytest.mark.parametrize("block", [PreNorm, PostNorm])
def test_auxiliary_loss_and_the_mixers_arguments_pass_through(block):
    class Mixer(nn.Module):
        def forward(self, x, cache, positions, mask):
            assert (cache, positions, mask) == ("cache", "positions", "mask")
            return x

    class Routed(nn.Module):
        def forward(self, x):
            return x, 0.25

    y, loss = block(CONFIG, Mixer(), Routed(), RMSNorm)(torch.ones(1, 1, 2), "cache", "positions", "mask")
    assert loss == 0.25
    assert y.shape == (1, 1, 2)
