from math import erf, exp, sqrt

import pytest
import torch
from torch import nn

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.encoders import (
    ExactGELUFeedForward,
    GEGLUFeedForward,
    MaskedHead,
    NormedPositions,
    NormedTokens,
    add_head,
)
from coursekit.layers.feedforward import FeedForward

TINY = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, ffn_width=1, rope_base=None)
CONFIG = DecoderConfig(vocab_size=5, width=2, layers=1, heads=1, context=6, norm_eps=0.0, rope_base=None)
IDS = torch.tensor([[3, 1], [0, 3]])


def gelu(x):
    return x * (1 + erf(x / sqrt(2))) / 2


def with_weights(module, **weights):
    for name, value in weights.items():
        nn.init.constant_(getattr(module, name).weight, value)
    return module.double()


def test_exact_gelu_by_hand():
    # x = 2, in 0.5: GELU(1) = 0.8413447, the normal distribution function at 1; out 10
    y = with_weights(ExactGELUFeedForward(TINY), input=0.5, output=10.0)(torch.tensor([2.0]).double())
    assert y.item() == pytest.approx(8.413447, abs=1e-6)


def test_geglu_by_hand():
    # x = 2: gate 0.5 * 2 = 1, up 5 * 2 = 10, out 7: 7 * GELU(1) * 10
    y = with_weights(GEGLUFeedForward(TINY), gate=0.5, up=5.0, output=7.0)(torch.tensor([2.0]).double())
    assert y.item() == pytest.approx(58.894129, abs=1e-5)


def test_gelu_is_close_to_silu_of_a_steeper_slope():
    # Hendrycks and Gimpel, section 2: GELU(x) is about x sigmoid(1.702 x), within 0.0204
    x = torch.linspace(-6, 6, 101).double()[:, None]
    gated = with_weights(GEGLUFeedForward(TINY), gate=1.702, up=1 / 1.702, output=1.0)
    steep = with_weights(FeedForward(TINY), gate=1.702, up=1 / 1.702, output=1.0)
    plain = with_weights(ExactGELUFeedForward(TINY), input=1.0, output=1.0)
    assert (plain(x) - torch.tensor([[v / (1 + exp(-1.702 * v))] for v in x.flatten()])).abs().max() < 0.0204
    assert not torch.allclose(gated(x), steep(x))


def test_embeddings_are_normalised():
    # two channels (a, b) become (1, -1) or (-1, 1), times the weight (2, 2), plus the bias (0, 3)
    for part in (NormedTokens, NormedPositions):
        embedding = part(CONFIG).double()
        nn.init.constant_(embedding.norm.weight, 2.0)
        embedding.norm.bias.data[1] = 3.0
        x = embedding.tokens.weight[3] + (embedding.positions.weight[5] if part is NormedPositions else 0)
        expected = [2.0, 1.0] if x[0] > x[1] else [-2.0, 5.0]
        assert embedding(IDS, torch.tensor([4, 5]))[1, 1].tolist() == pytest.approx(expected, abs=1e-12)


def test_masked_head_by_hand():
    # x = (2, 1), W = 1/2, b = (0.5, -1): (1.5 + 0.5, 1.5 - 1) = (2, 0.5); GELU; norm with eps = 1, bias 10 on both
    head = MaskedHead(DecoderConfig(vocab_size=5, width=2, layers=1, heads=1, norm_eps=1.0)).double()
    nn.init.constant_(head.dense.weight, 0.5)
    head.dense.bias.data.copy_(torch.tensor([0.5, -1.0]))
    nn.init.constant_(head.norm.bias, 10.0)
    half = (gelu(2) - gelu(0.5)) / 2
    expected = half / sqrt(half**2 + 1)
    y = head(torch.tensor([2.0, 1.0]).double())
    assert y.tolist() == pytest.approx([10 + expected, 10 - expected], abs=1e-12)
    assert MaskedHead(CONFIG, bias=False).dense.bias is None
    assert (MaskedHead(CONFIG).dense.bias == 0).all()


@pytest.mark.parametrize("tied", [True, False])
def test_the_head_scores_with_a_bias_and_stays_tied(tied):
    config = DecoderConfig(vocab_size=5, width=4, layers=1, heads=1, tied=tied)
    torch.manual_seed(0)
    model = Decoder(config)
    weight = model.head.weight
    before = model(IDS)
    assert add_head(model, model.norm) is model
    assert model.head.weight is weight
    assert (model.head.weight is model.embedding.tokens.weight) == tied
    assert torch.equal(model(IDS), before)
    model.head.bias.data[2] = 7.0
    torch.testing.assert_close(model(IDS) - before, torch.tensor([0.0, 0, 7, 0, 0]).expand(2, 2, 5))


def test_the_head_without_a_bias_takes_the_transform_only():
    model = Decoder(DecoderConfig(vocab_size=5, width=4, layers=1, heads=1))
    head = model.head
    add_head(model, nn.Identity(), bias=False)
    assert model.head is head
    assert isinstance(model.norm, nn.Identity)


def test_initial_weights():
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=2, width=128, layers=8, heads=4)
    # 16384 draws: the standard error of their deviation is 0.6 %
    assert MaskedHead(config).dense.weight.std().item() == pytest.approx(0.02, rel=0.04)
