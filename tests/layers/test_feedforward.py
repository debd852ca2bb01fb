from math import exp

import pytest
import torch
from torch import nn

from coursekit.decoder import DecoderConfig
from coursekit.layers.feedforward import FeedForward, GELUFeedForward, ReLUFeedForward, TanhGEGLUFeedForward

TINY = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, ffn_width=1, rope_base=None)


def with_weights(ffn, **weights):
    for name, value in weights.items():
        nn.init.constant_(getattr(ffn, name).weight, value)
    return ffn.double()


def test_swiglu_by_hand():
    # x = 2: gate 3 * 2 = 6, up 5 * 2 = 10, SiLU(6) = 6 / (1 + e^-6); out 7 * SiLU(6) * 10
    ffn = with_weights(FeedForward(TINY), gate=3.0, up=5.0, output=7.0)
    y = ffn(torch.tensor([2.0], dtype=torch.float64)).item()
    assert y == pytest.approx(420 / (1 + exp(-6)), abs=1e-9)


def test_gelu_by_hand():
    # x = 2, in 0.5: GELU_tanh(1) = 0.5 (1 + tanh(sqrt(2/pi) * 1.044715)) = 0.8411920 (the exact one: 0.8413447); out 10
    ffn = with_weights(GELUFeedForward(TINY), input=0.5, output=10.0)
    assert ffn(torch.tensor([2.0], dtype=torch.float64)).item() == pytest.approx(8.411920, abs=1e-6)


def test_tanh_geglu_by_hand():
    # x = 2: gate 0.5 * 2 = 1, up 5 * 2 = 10, out 7: 7 * GELU_tanh(1) * 10, with 0.8411920 from above
    ffn = with_weights(TanhGEGLUFeedForward(TINY), gate=0.5, up=5.0, output=7.0)
    assert ffn(torch.tensor([2.0], dtype=torch.float64)).item() == pytest.approx(58.88344, abs=1e-5)


def test_relu_by_hand():
    # in 3, out 5: max(0, 3 * 2) * 5 = 30, and max(0, 3 * -2) * 5 = 0
    ffn = with_weights(ReLUFeedForward(TINY), input=3.0, output=5.0)
    assert ffn(torch.tensor([[2.0], [-2.0]], dtype=torch.float64)).flatten().tolist() == [30.0, 0.0]


@pytest.mark.parametrize(("ffn", "default"), [(FeedForward, False), (GELUFeedForward, True)])
def test_biases_start_at_zero(ffn, default):
    assert all((layer.bias is not None) == default for layer in ffn(TINY).children())
    for layer in ffn(TINY, bias=True).children():
        assert (layer.bias == 0).all()


@pytest.mark.parametrize("ffn", [FeedForward, GELUFeedForward])
def test_the_linear_layer_is_a_part(ffn):
    class Doubled(nn.Linear):
        pass

    assert all(isinstance(layer, Doubled) for layer in ffn(TINY, Doubled).children())
