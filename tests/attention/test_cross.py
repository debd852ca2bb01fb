"""Cross-attention, and the bidirectional form of `Attention` that makes an encoder."""

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from coursekit.attention import Attention
from coursekit.attention.cross import CrossAttention, read_source
from coursekit.attention.dot_product import reference
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=4, heads=4, kv_heads=2, context=70)
ENCODER = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, context=70)


def enlarged(module):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    module = module.double()
    with torch.no_grad():
        for weight in module.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return module


def decoder():
    return enlarged(Decoder(CONFIG, mixer=[Attention, CrossAttention] * 2, ffn=[None, FeedForward] * 2))


def ids(batch, length):
    return torch.randint(13, (batch, length), generator=torch.Generator().manual_seed(1))


def vectors(*shape, seed=2):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def logits(model, tokens, source, chunks=None, lengths=None):
    cache = model.new_cache(tokens.shape[0])
    read_source(model, cache, source, lengths)
    return torch.cat([model(chunk, cache) for chunk in tokens.split(chunks or tokens.shape[1], dim=1)], dim=1)


def test_by_hand():
    # one head of size 1, zero queries: each token gets the mean of the values 2 s, times 5
    mixer = CrossAttention(DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)).double()
    for part, number in ((mixer.query, 0.0), (mixer.key, 3.0), (mixer.value, 2.0), (mixer.output, 5.0)):
        nn.init.constant_(part.weight, number)
    x, source = torch.ones(1, 2, 1).double(), torch.tensor([[[1.0], [2.0], [6.0]]]).double()
    cache = mixer.new_cache(1)
    mixer.read_source(source, cache)
    assert mixer(x, cache).flatten().tolist() == pytest.approx([30, 30], abs=1e-12)  # 5 (2 + 4 + 12) / 3
    mixer.read_source(source, cache, torch.tensor([2]))
    assert mixer(x, cache).flatten().tolist() == pytest.approx([15, 15], abs=1e-12)  # 5 (2 + 4) / 2


def test_the_scale_is_a_factor_of_the_scores():
    mixer, scaled = enlarged(CrossAttention(CONFIG)), CrossAttention(CONFIG, scale=1.0).double()
    scaled.load_state_dict(mixer.state_dict())
    mixer.query.weight.data *= 2  # sqrt(D) = 2
    results = []
    for part in (mixer, scaled):
        cache = part.new_cache(2)
        part.read_source(vectors(2, 6, 16, seed=3), cache)
        results.append(part(vectors(2, 5, 16), cache))
    torch.testing.assert_close(*results, rtol=0, atol=1e-12)


def test_a_mask_hides_padding_anywhere():
    model, source, tokens = decoder(), vectors(1, 7, 16), ids(1, 5)
    mask = torch.tensor([[False, True, True, False, True, True, False]])
    cache = model.new_cache(1)
    read_source(model, cache, source, mask=mask)
    with torch.no_grad():
        alone = logits(model, tokens, source[:, [1, 2, 4, 5]])
        torch.testing.assert_close(model(tokens, cache), alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_equals_the_reference_on_the_same_projections_with_gradients(length):
    mixer, x, source = enlarged(CrossAttention(CONFIG)), vectors(2, 5, 16), vectors(2, length, 16, seed=3)
    x, source = x.requires_grad_(), source.requires_grad_()
    cache = mixer.new_cache(2)
    mixer.read_source(source, cache)
    result = mixer(x, cache)
    # H = 4 query heads, G = 2 heads of keys and values, of size 4
    query = (x @ mixer.query.weight.T).reshape(2, 5, 4, 4).transpose(1, 2)
    key = (source @ mixer.key.weight.T).reshape(2, length, 2, 4).transpose(1, 2)
    value = (source @ mixer.value.weight.T).reshape(2, length, 2, 4).transpose(1, 2)
    mixed = reference.attention(query, key, value).transpose(1, 2).reshape(2, 5, 16)
    expected = mixed @ mixer.output.weight.T
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    inputs, upstream = [x, source, *mixer.parameters()], vectors(2, 5, 16, seed=4)
    for a, b in zip(torch.autograd.grad(result, inputs, upstream), torch.autograd.grad(expected, inputs, upstream)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("chunks", [1, 4])
def test_token_by_token_equals_all_at_once(chunks):
    model, source = decoder(), vectors(2, 6, 16)
    with torch.no_grad():
        expected = logits(model, ids(2, 20), source)
        torch.testing.assert_close(logits(model, ids(2, 20), source, chunks), expected, rtol=0, atol=1e-10)


def test_keys_and_values_of_the_source_are_computed_once():
    model, calls = decoder(), []
    for part in (model.blocks[1].mixer.key, model.blocks[1].mixer.value):
        part.register_forward_hook(lambda *_: calls.append(1))
    logits(model, ids(2, 20), vectors(2, 6, 16), chunks=1)
    assert len(calls) == 2


@settings(max_examples=20, deadline=None, derandomize=True)
@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4), order_seed=st.integers(0, 9))
def test_padding_and_the_order_of_the_source_change_nothing(lengths, order_seed):
    # no positions in cross-attention: the source is a set (its encoder may have put positions into it)
    model, batch = decoder(), len(lengths)
    source, tokens = vectors(batch, max(lengths), 16), ids(batch, 5)
    with torch.no_grad():
        result = logits(model, tokens, source, lengths=torch.tensor(lengths))
        for row, length in enumerate(lengths):
            order = torch.randperm(length, generator=torch.Generator().manual_seed(order_seed))
            alone = logits(model, tokens[row : row + 1], source[row : row + 1, order])
            torch.testing.assert_close(result[row : row + 1], alone, rtol=0, atol=1e-10)


def test_every_logit_reads_the_source_and_none_a_later_token():
    model, source, tokens = decoder(), vectors(1, 6, 16), ids(1, 10)
    before = logits(model, tokens, source)
    source[0, 5] += 1
    assert ((logits(model, tokens, source) - before).abs().amax(-1) > 1e-6).all()
    source[0, 5] -= 1
    tokens[0, 7] = (tokens[0, 7] + 1) % 13
    after = logits(model, tokens, source)
    torch.testing.assert_close(after[:, :7], before[:, :7], rtol=0, atol=1e-12)
    assert not torch.allclose(after[:, 7:], before[:, 7:])


def test_gradients_flow_from_the_decoder_into_the_encoder():
    encoder = enlarged(Decoder(ENCODER, mixer=partial(Attention, is_causal=False)))
    embedded, model = encoder.embedding(ids(2, 6), torch.arange(6)), decoder()
    x = embedded
    for block in encoder.blocks:
        x, _ = block(x)
    scores = logits(model, ids(2, 10), encoder.norm(x))
    F.cross_entropy(scores.flatten(0, 1), ids(2, 10).flatten()).backward()
    read_weights = [weight for name, weight in encoder.named_parameters() if name != "head.weight"]
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in read_weights)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_bidirectional_attention_is_full_attention_of_the_same_projections(length):
    mixer = enlarged(partial(Attention, is_causal=False)(CONFIG))
    x = vectors(2, length, 16)
    mixed = reference.attention(*mixer.project(x, torch.arange(length)))
    torch.testing.assert_close(mixer(x), mixer.output(mixed.transpose(1, 2).flatten(2)), rtol=0, atol=1e-12)
    # seen from the other end nothing differs but the sign of the distances, which rotary positions tell apart
    mirrored = mixer(x.flip(1), positions=-torch.arange(length).flip(0)).flip(1)
    turned = mixer(x, positions=-torch.arange(length))
    torch.testing.assert_close(mirrored, turned, rtol=0, atol=1e-12)
    assert torch.allclose(mixer(x), turned) == (length == 1)


def test_initial_weights_biases_and_the_linear_layer_is_a_part():
    class Counted(nn.Linear):
        pass

    torch.manual_seed(0)
    mixer = CrossAttention(DecoderConfig(vocab_size=2, width=128, layers=8, heads=4), Counted, bias=True)
    assert sum(isinstance(part, Counted) for part in mixer.modules()) == 4
    for name, weight in mixer.named_parameters():
        if name.endswith("bias"):
            assert (weight == 0).all()
        else:
            expected = 0.02 / 4 if "output" in name else 0.02  # sqrt(2 * 8 layers) = 4
            assert weight.std().item() == pytest.approx(expected, rel=0.04), name
    assert all(part.bias is None for part in CrossAttention(CONFIG).children())


def test_without_a_source_it_is_refused():
    model = decoder()
    for cache in (None, model.new_cache(1)):
        with pytest.raises(ValueError, match="a cache with a source, got none; call read_source"):
            model(ids(1, 3), cache)
    plain = Decoder(ENCODER)
    with pytest.raises(ValueError, match="a model with CrossAttention layers, got none"):
        read_source(plain, plain.new_cache(1), vectors(1, 3, 16))


@pytest.mark.parametrize(
    ("shape", "lengths", "message"),
    [
        ((1, 3, 16), None, r"source: expected shape \(2, S, 16\), got \(1, 3, 16\)"),
        ((2, 3, 15), None, r"source: expected shape \(2, S, 16\), got \(2, 3, 15\)"),
        ((3, 16), None, r"source: expected shape \(2, S, 16\), got \(3, 16\)"),
        ((2, 3, 16), [0, 3], r"lengths: expected 1 to 3 tokens, got \[0, 3\]"),
        ((2, 3, 16), [1, 4], r"lengths: expected 1 to 3 tokens, got \[1, 4\]"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(shape, lengths, message):
    mixer = CrossAttention(CONFIG)
    with pytest.raises(ValueError, match=message):
        mixer.read_source(torch.zeros(shape), mixer.new_cache(2), lengths and torch.tensor(lengths))
