"""The skeleton: its sizes, its wiring, its cache, and that the parts can be swapped."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.blocks import PostNorm
from coursekit.layers.embeddings import LearnedPositions, TokenEmbedding
from coursekit.layers.feedforward import FeedForward, GELUFeedForward
from coursekit.layers.norms import LayerNorm

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=24)


def build(config=CONFIG, **parts):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, **parts).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def ids(batch, length, vocab_size=13):
    return torch.randint(vocab_size, (batch, length), generator=torch.Generator().manual_seed(1))


class Average(nn.Module):
    """The mean of all tokens so far: the smallest mixer with a state, for the contract."""

    def __init__(self, config, linear):
        super().__init__()
        self.output = linear(config.width, config.width, bias=False)

    def forward(self, x, cache=None, positions=None, mask=None):
        total, count = (0.0, 0) if cache is None else (cache["total"], cache["count"])
        sums = x.cumsum(1) + total  # (B, T, C)
        if cache is not None:
            cache["total"], cache["count"] = sums[:, -1:], count + x.shape[1]
        counts = torch.arange(count + 1, count + x.shape[1] + 1, dtype=x.dtype)[:, None]  # (T, 1)
        return self.output(sums / counts)

    def new_cache(self, batch):
        return {"total": 0.0, "count": 0}


class Routed(nn.Module):
    """A feed-forward that also returns a loss."""

    def __init__(self, config, linear):
        super().__init__()
        self.output = linear(config.width, config.width, bias=False)

    def forward(self, x):
        return self.output(x), 0.5 + 0 * x.sum()


PARTS = {
    "default": {},
    "window": {"mixer": partial(Attention, window=5)},
    "bias": {"mixer": partial(Attention, bias=True)},
    "hybrid": {"mixer": [Average, Attention]},
    "no feed-forward": {"ffn": None},
    "feed-forwards": {"ffn": [FeedForward, None]},
    "auxiliary loss": {"ffn": Routed},
    "gpt2": {"ffn": GELUFeedForward, "norm": LayerNorm, "embedding": LearnedPositions},
    "post-norm": {"block": PostNorm},
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_with_cache_equals_all_at_once(parts):
    decoder, tokens = build(**parts), ids(2, 24)
    with torch.no_grad():
        expected = decoder(tokens)
        for chunks in ([1] * 24, [7, 1, 12, 4]):
            cache = decoder.new_cache(2)
            result = torch.cat([decoder(chunk, cache) for chunk in tokens.split(chunks, dim=1)], dim=1)
            # float64; logits of order 10 after some hundred operations: far below 1e-10
            torch.testing.assert_close(result, expected, rtol=0, atol=1e-10)
            assert cache.length == 24


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    heads=st.sampled_from([(1, 1), (4, 1), (4, 2), (3, 3)]),
    head_size=st.sampled_from([2, 4, 6]),
    layers=st.integers(1, 3),
    window=st.none() | st.integers(1, 9),
    rope_base=st.none() | st.just(100.0),
    chunks=st.lists(st.integers(1, 6), min_size=1, max_size=4),
)
def test_with_cache_equals_all_at_once_for_any_sizes(heads, head_size, layers, window, rope_base, chunks):
    config = DecoderConfig(
        vocab_size=13,
        width=10,
        layers=layers,
        heads=heads[0],
        kv_heads=heads[1],
        head_size=head_size,
        context=24,
        rope_base=rope_base,
    )
    decoder, tokens = build(config, mixer=partial(Attention, window=window)), ids(3, sum(chunks))
    cache = decoder.new_cache(3)
    result = torch.cat([decoder(chunk, cache) for chunk in tokens.split(chunks, dim=1)], dim=1)
    torch.testing.assert_close(result, decoder(tokens), rtol=0, atol=1e-10)


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_later_tokens_change_nothing(parts):
    decoder, tokens = build(**parts), ids(1, 20)
    changed = tokens.clone()
    changed[:, 12:] = (changed[:, 12:] + 1) % 13
    before, after = decoder(tokens), decoder(changed)
    torch.testing.assert_close(before[:, :12], after[:, :12], rtol=0, atol=1e-12)
    assert not torch.allclose(before[:, 12:], after[:, 12:])


def test_without_causality_every_token_sees_every_other():
    decoder, tokens = build(mixer=partial(Attention, is_causal=False)), ids(1, 9)
    changed = tokens.clone()
    changed[:, -1] = (changed[:, -1] + 1) % 13
    difference = (decoder(tokens) - decoder(changed)).abs().amax(-1)
    assert (difference > 1e-6).all()


def test_a_mask_hides_tokens_from_all_layers_that_see_in_both_directions():
    # what masked diffusion hides, or padding on either side: nobody reads them, and the others are as if alone
    decoder, tokens = build(mixer=partial(Attention, is_causal=False)), ids(2, 9)
    real = torch.tensor([[1, 1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1, 1, 1]]).bool()
    mask = real[:, None, None]  # (B, 1, 1, T)
    logits = decoder(tokens, mask=mask)
    changed = torch.where(real, tokens, (tokens + 1) % 13)
    assert torch.equal(decoder(changed, mask=mask)[real], logits[real])
    torch.testing.assert_close(logits[:1, :5], decoder(tokens[:1, :5]), rtol=0, atol=1e-12)
    torch.testing.assert_close(logits[1:, 3:], decoder(tokens[1:, 3:]), rtol=0, atol=1e-12)  # positions are relative
    assert not torch.allclose(decoder(tokens)[real], logits[real])
    logits[real].square().sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in decoder.parameters())


def test_padding_on_the_left_is_hidden_and_not_counted():
    decoder, tokens = build(embedding=LearnedPositions), ids(2, 9)
    real = torch.tensor([[1] * 9, [0, 0, 0, 1, 1, 1, 1, 1, 1]]).bool()
    mask = real[:, None, None]  # (B, 1, 1, T)
    logits = decoder(tokens, mask=mask)
    torch.testing.assert_close(logits[:1], decoder(tokens[:1]), rtol=0, atol=1e-12)
    torch.testing.assert_close(logits[1:, 3:], decoder(tokens[1:, 3:]), rtol=0, atol=1e-12)
    changed = torch.where(real, tokens, (tokens + 1) % 13)
    assert torch.equal(decoder(changed, mask=mask)[real], logits[real])
    # positions that are given stay as they are, and a hole in a text is a place of it
    given = torch.arange(9)
    assert not torch.allclose(decoder(tokens, positions=given, mask=mask)[1, 3:], logits[1, 3:])
    hole = torch.ones(1, 1, 1, 9, dtype=torch.bool)
    hole[..., 4] = False
    torch.testing.assert_close(decoder(tokens, mask=hole), decoder(tokens, positions=given, mask=hole))


def test_a_window_reaches_layers_times_window():
    # two layers of window 3: each reaches 2 tokens back, so the logits at 10 read tokens 6 .. 10 and no earlier one
    decoder, tokens = build(mixer=partial(Attention, window=3)), ids(1, 11)
    for token, reaches in ((5, False), (6, True)):
        changed = tokens.clone()
        changed[0, token] = (changed[0, token] + 1) % 13
        assert torch.allclose(decoder(tokens)[0, 10], decoder(changed)[0, 10], atol=1e-12) is not reaches


def test_only_relative_positions_matter_with_rotary_embeddings():
    decoder, tokens = build(), ids(2, 9)
    expected = decoder(tokens)
    torch.testing.assert_close(decoder(tokens, positions=torch.arange(9) + 100), expected, rtol=0, atol=1e-10)
    each = torch.arange(9) + torch.tensor([[3], [70]])
    torch.testing.assert_close(decoder(tokens, positions=each), expected, rtol=0, atol=1e-10)
    assert not torch.allclose(decoder(tokens, positions=torch.arange(9) * 2), expected)


def test_without_positions_attention_knows_no_order():
    # the last token sees a set: permuting the ones before changes nothing in the first layer's output
    config = replace(CONFIG, rope_base=None, layers=1)
    decoder, tokens = build(config), ids(1, 9)
    permuted = torch.cat((tokens[:, :8].flip(1), tokens[:, 8:]), dim=1)
    torch.testing.assert_close(decoder(permuted)[:, 8], decoder(tokens)[:, 8], rtol=0, atol=1e-12)


def test_grouped_heads_equal_copied_heads():
    grouped = build()
    full = build(replace(CONFIG, kv_heads=4))
    weights = grouped.state_dict()
    for name in weights:
        if name.endswith(("mixer.key.weight", "mixer.value.weight")):
            heads = weights[name].unflatten(0, (2, 4))  # (G * D, C) -> (G, D, C)
            weights[name] = heads.repeat_interleave(2, dim=0).flatten(0, 1)  # (H * D, C)
    full.load_state_dict(weights)
    torch.testing.assert_close(full(ids(2, 9)), grouped(ids(2, 9)), rtol=0, atol=1e-12)


def test_parameter_count_by_hand():
    # width 16, 4 heads of 4, 2 key heads of 4; ffn_width 8/3 * 16 = 42.7 -> 48; vocabulary 13
    # a block: query 16*16, key and value 16*8 each, output 16*16, three of 16*48, two norms of 16 = 3104
    # 2 blocks, embedding 13*16 = 208 (tied), last norm 16: 6432; untied 208 more
    assert Decoder(CONFIG).parameter_count() == 2 * 3104 + 208 + 16
    assert Decoder(replace(CONFIG, tied=False)).parameter_count() == 2 * 3104 + 2 * 208 + 16


def test_derived_sizes():
    config = DecoderConfig(vocab_size=2, width=64, layers=1, heads=4)
    assert (config.kv_heads, config.head_size, config.ffn_width) == (4, 16, 176)  # 8/3 * 64 = 170.7 -> 176
    assert DecoderConfig(vocab_size=2, width=24, layers=1, heads=4).ffn_width == 64  # 8/3 * 24 = 64
    given_sizes = DecoderConfig(vocab_size=2, width=10, layers=1, heads=4, kv_heads=2, head_size=6, ffn_width=5)
    assert (given_sizes.kv_heads, given_sizes.head_size, given_sizes.ffn_width) == (2, 6, 5)


def test_initial_weights_are_those_of_gpt2():
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=100, width=128, layers=8, heads=4, ffn_width=256, tied=False)
    for parts in ({}, {"ffn": GELUFeedForward, "embedding": LearnedPositions}):
        for name, weight in Decoder(config, **parts).named_parameters():
            if weight.dim() == 2:
                expected = 0.02 / 4 if ".output." in name else 0.02  # sqrt(2 * 8 layers) = 4
                # at least 12800 draws: the standard error of their deviation is below 0.7 %
                assert weight.std().item() == pytest.approx(expected, rel=0.04), name
    assert Decoder(config, mixer=partial(Attention, bias=True)).blocks[0].mixer.query.bias.abs().sum() == 0


def test_auxiliary_losses_are_summed_anew_in_each_call():
    decoder = build(ffn=Routed)
    for _ in range(2):
        decoder(ids(1, 3))
        assert decoder.auxiliary_loss.item() == 1.0  # two layers of 0.5
    decoder = build()
    decoder(ids(1, 3))
    assert decoder.auxiliary_loss == 0.0


def test_the_linear_layer_is_a_part_but_not_of_the_head():
    class Counted(nn.Linear):
        pass

    decoder = Decoder(CONFIG, linear=Counted)
    assert sum(isinstance(module, Counted) for module in decoder.modules()) == 2 * (4 + 3)
    assert type(decoder.head) is nn.Linear


def test_tied_head():
    decoder = Decoder(CONFIG)
    assert decoder.head.weight is decoder.embedding.tokens.weight
    untied = Decoder(replace(CONFIG, tied=False))
    assert untied.head.weight is not untied.embedding.tokens.weight


def test_attention_alone_counts_positions_on_from_its_cache():
    mixer = Attention(CONFIG, nn.Linear).double()
    x = torch.randn(2, 9, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    cache = mixer.new_cache(2)
    result = torch.cat([mixer(chunk, cache) for chunk in x.split([4, 5], dim=1)], dim=1)
    torch.testing.assert_close(result, mixer(x), rtol=0, atol=1e-12)
    torch.testing.assert_close(mixer(x, positions=torch.arange(9)), mixer(x), rtol=0, atol=1e-12)


def test_the_cache_takes_the_dtype_of_the_weights():
    assert Decoder(CONFIG).double().new_cache(1).layers[0].keys.dtype == torch.float64
    assert Decoder(CONFIG).new_cache(1).layers[0].values.dtype == torch.float32


def test_sequences_that_are_too_long_are_refused():
    decoder = build()
    with pytest.raises(ValueError, match="at most 24 tokens, got 25"):
        decoder(ids(1, 25))
    cache = decoder.new_cache(1)
    decoder(ids(1, 20), cache)
    with pytest.raises(ValueError, match="at most 24 tokens, got 25"):
        decoder(ids(1, 5), cache)
    mixer_cache = decoder.blocks[0].mixer.new_cache(1)
    with pytest.raises(ValueError, match="cache: expected at most 24 tokens, got 25"):
        mixer_cache.append(torch.zeros(1, 2, 25, 4), torch.zeros(1, 2, 25, 4))
    with pytest.raises(ValueError, match="cache: expected a batch of 1, got 2"):
        decoder(ids(2, 3), decoder.new_cache(1))


@pytest.mark.parametrize("name", ["mixer", "ffn"])
def test_a_list_of_parts_has_one_for_each_layer(name):
    part = {"mixer": Attention, "ffn": FeedForward}[name]
    with pytest.raises(ValueError, match=f"{name}: expected one, or a list of 2 .* got 3"):
        Decoder(CONFIG, **{name: [part] * 3})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *[
            ({name: bad}, f"expected sizes that are whole numbers >= 1, got .*{name}={bad}")
            for name in ("vocab_size", "width", "layers", "heads", "kv_heads", "head_size", "ffn_width", "context")
            for bad in (0, -2, 2.5, True, float("nan"))
        ],
        ({"rope_base": 0.0}, "a base > 0 for rotary positions, got .*rope_base=0.0"),
        ({"rope_base": float("nan")}, "a base > 0 for rotary positions, got .*rope_base=nan"),
        ({"kv_heads": 3}, "heads a multiple of kv_heads, got 4 and 3"),
        ({"width": 18, "head_size": None}, "width a multiple of heads, got 18 and 4"),
        ({"head_size": 3}, "an even head_size and a base > 0 for rotary positions, got .*head_size=3"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **changes)


def test_an_odd_head_size_is_fine_without_rotary_positions():
    assert replace(CONFIG, head_size=3, rope_base=None).head_size == 3


@pytest.mark.parametrize("embedding", [TokenEmbedding, LearnedPositions])
@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (torch.zeros(5, dtype=torch.long), r"input_ids: expected shape \(B, T\), got \(5,\)"),
        (torch.zeros(1, 5), "input_ids: expected int32 or int64, got torch.float32"),
        (torch.zeros(1, 5, dtype=torch.uint8), "input_ids: expected int32 or int64, got torch.uint8"),
        (torch.tensor([[3, 13, 1]]), "input_ids: expected numbers from 0 to 12, got 13"),
        (torch.tensor([[3, -1, 1]]), "input_ids: expected numbers from 0 to 12, got -1"),
        (torch.zeros(0, 5, dtype=torch.long), "expected at least one sequence"),
        (torch.zeros(1, 0, dtype=torch.long), "expected at least one query"),
    ],
)
def test_what_is_no_token_is_refused_in_one_line(embedding, tokens, message):
    with pytest.raises(ValueError, match=message) as caught:
        build(embedding=embedding)(tokens)
    assert "\n" not in str(caught.value)


def test_positions_beyond_the_table_are_named():
    with pytest.raises(ValueError, match="positions: expected numbers from 0 to 23, got 24"):
        build(embedding=LearnedPositions)(ids(1, 3), positions=torch.tensor([0, 24, 2]))


def test_tokens_in_any_layout_of_memory():
    decoder, tokens = build(), ids(3, 9)
    expected = decoder(tokens)
    assert torch.equal(decoder(tokens.int()), expected)
    assert torch.equal(decoder(torch.stack([tokens, tokens + 1], -1)[..., 0]), expected)
    assert torch.equal(decoder(tokens.mT.contiguous().mT), expected)
    torch.testing.assert_close(decoder(tokens[:1].expand(3, -1)), decoder(tokens[:1]).expand(3, -1, -1))
