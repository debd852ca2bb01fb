"""Latent attention: against numbers worked by hand, itself in other forms, and transformers' DeepseekV2Attention."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from math import cos, exp

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from coursekit.attention.counts import cache_bytes_per_token
from coursekit.attention.latent import AbsorbedLatentAttention, LatentAttention
from coursekit.attention.latent_cache import LatentCache, latent_cache_bytes_per_token
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, context=70)
SIZES = {"latent": 6, "rotary": 2}
PLAIN, LOW = partial(LatentAttention, **SIZES), partial(LatentAttention, **SIZES, query_latent=5)
ABSORBED = partial(AbsorbedLatentAttention, **SIZES, query_latent=5)


def build(mixer, config=CONFIG):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=mixer).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def ids(length):
    return torch.randint(13, (2, length), generator=torch.Generator().manual_seed(1))


def test_by_hand():
    # H = C = L = 1, D = R = 2, base 1: position p turns the pair by p. The norm of one number is its sign.
    # x = (-1, 0.3): latents -1, 1; content keys -(0.05, 0.05), (0.05, 0.05); rotary keys (-1, 0), (0.3, 0)
    # token 1 asks with content (0.3, 0.3) and rotary (0.3, 0). Scores with token 0 at distance 1 and with itself:
    # (-0.03 - 0.3 cos 1) / 2 and (0.03 + 0.09) / 2; values -(7, 7) and (7, 7), joined by 1/2 each
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, head_size=2, norm_eps=0.0, rope_base=1.0)
    mixer = LatentAttention(config, latent=1, rotary=2).double()
    with torch.no_grad():
        mixer.query.weight.copy_(torch.tensor([[1.0], [1.0], [1.0], [0.0]]))
        mixer.rotary_key.weight.copy_(torch.tensor([[1.0], [0.0]]))
        for part, number in ((mixer.down, 3.0), (mixer.key_up, 0.05), (mixer.value_up, 7.0), (mixer.output, 0.5)):
            part.weight.fill_(number)
    y = mixer(torch.tensor([[[-1.0], [0.3]]], dtype=torch.float64))
    a, b = exp((-0.03 - 0.3 * cos(1)) / 2), exp(0.12 / 2)
    assert y.flatten().tolist() == pytest.approx([-7, 7 * (b - a) / (a + b)], abs=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("mixer", [PLAIN, LOW, ABSORBED], ids=["plain", "low queries", "absorbed"])
def test_with_cache_equals_all_at_once(mixer, length):
    decoder = build(mixer)
    with torch.no_grad():
        expected = decoder(ids(length))
        for size in (1, 40):
            cache = decoder.new_cache(2)
            result = torch.cat([decoder(chunk, cache) for chunk in ids(length).split(size, dim=1)], dim=1)
            torch.testing.assert_close(result, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_absorbed_equals_expanded_with_gradients(length):
    expanded, absorbed = build(LOW), build(ABSORBED)
    results = []
    for decoder in (expanded, absorbed):
        logits = decoder(ids(length))
        results.append([logits, *torch.autograd.grad(logits.square().mean(), list(decoder.parameters()))])
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    heads=st.integers(1, 4),
    size=st.integers(1, 5),
    latent=st.integers(1, 7),
    half=st.integers(1, 3),
    query_latent=st.none() | st.integers(1, 6),
    chunks=st.lists(st.integers(1, 6), min_size=1, max_size=4),
)
def test_any_sizes(heads, size, latent, half, query_latent, chunks):
    config = DecoderConfig(vocab_size=13, width=10, layers=2, heads=heads, head_size=2 * size, context=24)
    sizes = {"latent": latent, "rotary": 2 * half, "query_latent": query_latent}
    tokens, expanded = ids(sum(chunks)), build(partial(LatentAttention, **sizes), config)
    absorbed = build(partial(AbsorbedLatentAttention, **sizes), config)
    cache = absorbed.new_cache(2)
    with torch.no_grad():
        result = torch.cat([absorbed(chunk, cache) for chunk in tokens.split(chunks, dim=1)], dim=1)
        torch.testing.assert_close(result, expanded(tokens), rtol=0, atol=1e-10)


def test_only_relative_positions_matter():
    decoder = build(LOW)
    expected = decoder(ids(9))
    torch.testing.assert_close(decoder(ids(9), positions=torch.arange(9) + 100), expected, rtol=0, atol=1e-10)
    assert not torch.allclose(decoder(ids(9), positions=torch.arange(9) * 2), expected)


def test_the_mixer_alone_counts_positions_on_from_its_cache():
    mixer = PLAIN(CONFIG).double()
    x = torch.randn(2, 9, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    cache = mixer.new_cache(2)
    result = torch.cat([mixer(chunk, cache) for chunk in x.split([4, 5], dim=1)], dim=1)
    torch.testing.assert_close(result, mixer(x, positions=torch.arange(9)), rtol=0, atol=1e-12)
    torch.testing.assert_close(mixer(x), mixer(x, positions=torch.arange(9)), rtol=0, atol=1e-12)


def test_bytes_a_token():
    # DeepSeek-V2, bfloat16: 60 layers, L = 512, R = 64: 60 * 576 * 2 = 69120
    assert latent_cache_bytes_per_token(60, 512, 64, 2) == 69120
    # the paper: as much as grouped attention with 2.25 groups, (512 + 64) / (2 * 128)
    assert latent_cache_bytes_per_token(60, 512, 64, 2) == 2.25 * cache_bytes_per_token(60, 1, 128, 2)
    cache = build(LOW).new_cache(batch=5)
    stored = sum(t.nbytes for layer in cache.layers for t in (layer.latents, layer.rotary_keys))
    assert stored == 5 * 70 * latent_cache_bytes_per_token(2, 6, 2, 8)


def test_parameter_count_by_hand():
    # C = 16, H = 4, D = 4, L = 6, R = 2: query 16 * 4 * 6, down 16 * 6, rotary key 16 * 2, up twice 6 * 16,
    # norm 6, output 16 * 16 = 966; with Q = 5: 16 * 5 + 5 + 5 * 24 instead of 16 * 24
    assert sum(weight.numel() for weight in PLAIN(CONFIG).parameters()) == 966
    assert sum(weight.numel() for weight in LOW(CONFIG).parameters()) == 966 - 384 + 205


def test_initial_weights_and_the_linear_layer_is_a_part():
    class Counted(nn.Linear):
        pass

    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=2, width=128, layers=8, heads=4)
    mixer = LatentAttention(config, Counted, latent=64, rotary=32, query_latent=64)
    assert sum(isinstance(part, Counted) for part in mixer.modules()) == 7
    for name, weight in mixer.named_parameters():
        if weight.dim() == 2:
            # at least 4096 draws: the standard error of their deviation is 1.1 %
            assert weight.std().item() == pytest.approx(0.02 / 4 if "output" in name else 0.02, rel=0.05), name


def test_a_full_cache_and_another_batch_are_refused():
    cache = LatentCache(2, 4, 3, 2, torch.float32, "cpu")
    with pytest.raises(ValueError, match="cache: expected a batch of 2, got 1"):
        cache.append(torch.zeros(1, 1, 3), torch.zeros(1, 1, 2))
    with pytest.raises(ValueError, match="cache: expected at most 4 tokens, got 5"):
        cache.append(torch.zeros(2, 5, 3), torch.zeros(2, 5, 2))


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="expected a latent >= 1 and an even rotary size >= 2, got .* and 3"):
        LatentAttention(CONFIG, latent=4, rotary=3)
    with pytest.raises(ValueError, match="a config with a rope_base, got None"):
        PLAIN(replace(CONFIG, rope_base=None))


@pytest.mark.parametrize("query_latent", [None, 5])
def test_equal_to_transformers(query_latent):
    deepseek = import_module("transformers.models.deepseek_v2.modeling_deepseek_v2")
    config = deepseek.DeepseekV2Config(
        hidden_size=16,
        num_attention_heads=4,
        num_key_value_heads=4,
        q_lora_rank=query_latent,
        kv_lora_rank=6,
        qk_rope_head_dim=8,
        qk_nope_head_dim=4,
        v_head_dim=4,
        rope_parameters={"rope_type": "default", "rope_theta": 100.0},
        attn_implementation="eager",
    )
    torch.manual_seed(0)
    theirs = deepseek.DeepseekV2Attention(config, 0).double().eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    # theirs turns channels (2 i, 2 i + 1) together, ours i and i + R/2: even channels first, then the odd ones
    order = torch.cat((torch.arange(0, 8, 2), torch.arange(1, 8, 2)))
    source = theirs.state_dict()
    query = source["q_proj.weight" if query_latent is None else "q_b_proj.weight"].unflatten(0, (4, 12))
    key_up, value_up = source["kv_b_proj.weight"].unflatten(0, (4, 8)).split(4, dim=1)
    weights = {
        "query.weight": torch.cat((query[:, :4], query[:, 4 + order]), dim=1).flatten(0, 1),
        "down.weight": source["kv_a_proj_with_mqa.weight"][:6],
        "rotary_key.weight": source["kv_a_proj_with_mqa.weight"][6 + order],
        "norm.weight": source["kv_a_layernorm.weight"],
        "key_up.weight": key_up.flatten(0, 1),
        "value_up.weight": value_up.flatten(0, 1),
        "output.weight": source["o_proj.weight"],
    }
    if query_latent is not None:
        weights |= {"query_down.weight": source["q_a_proj.weight"], "query_norm.weight": source["q_a_layernorm.weight"]}
    ours = DecoderConfig(vocab_size=2, width=16, layers=1, heads=4, rope_base=100.0, norm_eps=1e-6)
    x = torch.randn(2, 9, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    rotation = deepseek.DeepseekV2RotaryEmbedding(config)(x, torch.arange(9)[None])
    causal = torch.full((9, 9), -torch.inf, dtype=torch.float64).triu(1)
    with torch.no_grad():
        expected = theirs(x, attention_mask=causal, position_embeddings=rotation)[0]
        for form in (LatentAttention, AbsorbedLatentAttention):
            mixer = form(ours, latent=6, rotary=8, query_latent=query_latent).double()
            mixer.load_state_dict(weights)
            # transformers computes norms, rotations and the softmax in float32: 1e-6 on numbers of order 1
            torch.testing.assert_close(mixer(x), expected, rtol=0, atol=1e-5)
    assert expected.abs().max() > 0.1


@pytest.mark.parametrize("sizes", [{"latent": 0, "rotary": 4}, {"latent": 4, "rotary": 0}, {"latent": 4, "rotary": -2}])
def test_sizes_below_the_least_are_refused(sizes):
    with pytest.raises(ValueError, match="expected a latent >= 1 and an even rotary size >= 2, got"):
        LatentAttention(CONFIG, **sizes)
