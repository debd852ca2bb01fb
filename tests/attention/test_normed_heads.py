from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.dot_product import reference
from coursekit.attention.inspect import attention_maps
from coursekit.attention.normed_heads import NormedHeads, normed_heads
from coursekit.attention.rope import rotary_table, rotate
from coursekit.attention.rope_scaling import linear
from coursekit.attention.scaled_rotary import ScaledRotaryAttention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.norms import LayerNorm, RMSNorm

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=70)


def enlarged(module):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    for weight in module.double().parameters():
        nn.init.normal_(weight, std=0.3)
    return module


def vectors(*shape, seed=2):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_heads_by_hand():
    # two heads of size 2: (3, 4) has mean square 12.5, (0, 2) has 2; eps 12.5 and 14: divisors 5 and 4; weight (1, 10)
    norm = RMSNorm(2, eps=12.5).double()
    norm.weight.data[1] = 10.0
    heads = NormedHeads(nn.Identity(), norm, factor=3.0)
    y = heads(torch.tensor([[[3.0, 4.0, 0.0, 2.0]]], dtype=torch.float64))
    assert y.flatten().tolist() == pytest.approx([1.8, 24.0, 0.0, 60 / 14.5**0.5], abs=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_equals_the_reference_with_gradients(length, scale):
    mixer, x = enlarged(normed_heads(CONFIG, scale=scale)), vectors(2, length, 16).requires_grad_()
    result, table = mixer(x), rotary_table(torch.arange(length), 4, dtype=torch.float64)
    heads = [(x @ part.projection.weight.T).unflatten(-1, (-1, 4)) for part in (mixer.query, mixer.key)]
    query, key = (
        rotate((y * (y.square().mean(-1, keepdim=True) + 1e-5).rsqrt() * part.norm.weight).transpose(1, 2), *table)
        for y, part in zip(heads, (mixer.query, mixer.key))
    )
    value = (x @ mixer.value.weight.T).unflatten(-1, (-1, 4)).transpose(1, 2)
    mixed = reference.attention(query, key, value, is_causal=True, scale=scale)
    expected = mixer.output(mixed.transpose(1, 2).flatten(2))
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    inputs, upstream = [x, *mixer.parameters()], vectors(2, length, 16, seed=4)
    for a, b in zip(torch.autograd.grad(result, inputs, upstream), torch.autograd.grad(expected, inputs, upstream)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


def test_scores_do_not_grow_with_the_projections():
    model = enlarged(Decoder(replace(CONFIG, norm_eps=0.0), mixer=normed_heads))
    ids = torch.arange(9)[None]
    before = attention_maps(model, ids)
    for part in (model.blocks[0].mixer.query, model.blocks[0].mixer.key):
        part.projection.weight.data *= 1000
    after = attention_maps(model, ids)
    assert before.keys() == after.keys() == {0, 1}
    torch.testing.assert_close(after[0], before[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("chunks", [[1] * 20, [7, 1, 12]])
def test_any_attention_mixer_with_cache(chunks):
    inner = partial(ScaledRotaryAttention, scaling=partial(linear, factor=4.0), window=5, bias=True)
    model = enlarged(Decoder(CONFIG, mixer=partial(normed_heads, mixer=inner, norm=LayerNorm)))
    mixer = model.blocks[0].mixer
    assert isinstance(mixer, ScaledRotaryAttention)
    assert isinstance(mixer.key.norm, LayerNorm)
    assert mixer.query.projection.bias is not None
    tokens, cache = torch.randint(13, (2, 20), generator=torch.Generator().manual_seed(1)), model.new_cache(2)
    with torch.no_grad():
        steps = torch.cat([model(chunk, cache) for chunk in tokens.split(chunks, dim=1)], dim=1)
        torch.testing.assert_close(steps, model(tokens), rtol=0, atol=1e-10)


def test_the_linear_layer_and_eps_are_parts():
    class Counted(nn.Linear):
        pass

    config = DecoderConfig(vocab_size=2, width=8, layers=1, heads=2, norm_eps=0.25)
    mixer = normed_heads(config, Counted)
    assert type(mixer) is Attention
    assert sum(isinstance(part, Counted) for part in mixer.modules()) == 4
    assert mixer.query.norm.eps == mixer.key.norm.eps == 0.25
