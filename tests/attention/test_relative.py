from functools import partial
from math import log

import pytest
import torch
from torch import nn

from coursekit.attention.dot_product import reference
from coursekit.attention.dot_product.masks import padding_mask
from coursekit.attention.relative import RelativeAttention, RelativeBias
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=70, rope_base=None)


def enlarged(module):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    for weight in module.double().parameters():
        nn.init.normal_(weight, std=0.3)
    return module


def vectors(*shape, seed=2):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_by_hand():
    # one head, zero queries, values are the inputs; a bias of -ln 2 a token: weights 2^-distance, as in ALiBi
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)
    x = torch.tensor([[[8.0], [16.0], [0.0]]], dtype=torch.float64)
    for is_causal, expected in (
        # token 1: (8 / 2 + 16) / (3/2) = 40/3; token 2: (8 / 4 + 16 / 2 + 0) / (7/4) = 40/7
        (True, [8.0, 40 / 3, 40 / 7]),
        # token 0: (8 + 16 / 2 + 0) / (7/4) = 64/7; token 1: (8 / 2 + 16 + 0) / 2 = 10
        (False, [64 / 7, 10.0, 40 / 7]),
    ):
        # buckets 0 .. 3 are the distances 0 .. 3, and with both directions 8 .. 11 are later keys
        mixer = RelativeAttention(config, bias=RelativeBias(config, 16, 32, is_causal)).double()
        mixer.bias.table.weight.data[:, 0] = -log(2) * (torch.arange(16).double() % 8)
        nn.init.zeros_(mixer.attention.query.weight)
        for part in (mixer.attention.value, mixer.attention.output):
            nn.init.ones_(part.weight)
        assert mixer(x).flatten().tolist() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("is_causal", [True, False])
def test_equals_the_reference_with_gradients(length, is_causal):
    bias = RelativeBias(CONFIG, 8, 20, is_causal)
    mixer, x = enlarged(RelativeAttention(CONFIG, bias=bias, scale=1.0)), vectors(2, length, 16).requires_grad_()
    mask, scores = None, bias(length, length)
    if not is_causal:
        mask = padding_mask(torch.tensor([length, max(length // 3, 1)]), length)
        scores = scores + torch.zeros(2, 1, 1, length).double().masked_fill(~mask, float("-inf"))
    result = mixer(x, mask=mask)
    parts = mixer.attention.project(x, None)
    mixed = reference.attention(*parts, scores, is_causal, scale=1.0)
    expected = mixer.attention.output(mixed.transpose(1, 2).flatten(2))
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    inputs, upstream = [x, *mixer.parameters()], vectors(2, length, 16, seed=4)
    for a, b in zip(torch.autograd.grad(result, inputs, upstream), torch.autograd.grad(expected, inputs, upstream)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("chunks", [[1] * 20, [7, 1, 12]])
def test_with_cache_equals_all_at_once_and_the_layers_share_one_table(chunks):
    model = enlarged(Decoder(CONFIG, mixer=partial(RelativeAttention, bias=RelativeBias(CONFIG, 8, 20))))
    assert model.blocks[0].mixer.bias is model.blocks[1].mixer.bias
    tokens, cache = torch.randint(13, (2, 20), generator=torch.Generator().manual_seed(1)), model.new_cache(2)
    with torch.no_grad():
        steps = torch.cat([model(chunk, cache) for chunk in tokens.split(chunks, dim=1)], dim=1)
        torch.testing.assert_close(steps, model(tokens), rtol=0, atol=1e-10)


def test_scale_and_linear_layer():
    bias = RelativeBias(CONFIG, 8, 20)
    plain, unscaled = (enlarged(RelativeAttention(CONFIG, bias=bias, scale=scale)) for scale in (None, 1.0))
    plain.attention.query.weight.data *= 2  # sqrt(D) = 2
    torch.testing.assert_close(plain(vectors(2, 5, 16)), unscaled(vectors(2, 5, 16)), rtol=0, atol=1e-12)

    class Counted(nn.Linear):
        pass

    assert sum(isinstance(part, Counted) for part in RelativeAttention(CONFIG, Counted, bias=bias).modules()) == 4


def test_a_config_with_rotary_positions_is_refused():
    config = DecoderConfig(vocab_size=2, width=4, layers=1, heads=2)
    with pytest.raises(ValueError, match="rope_base=None, got 10000.0"):
        RelativeAttention(config, bias=RelativeBias(config))
