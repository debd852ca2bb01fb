"""Attention in both directions with a mask; the causal form is tested through the skeleton (tests/test_decoder.py)."""

from functools import partial

import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.dot_product import reference
from coursekit.attention.dot_product.masks import padding_mask
from coursekit.decoder import DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=70)
BOTH_WAYS = partial(Attention, is_causal=False)


def enlarged(mixer):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    for weight in mixer.double().parameters():
        nn.init.normal_(weight, std=0.3)
    return mixer


def vectors(*shape, seed=2):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_by_hand():
    # one head of size 1, zero queries: each token gets the mean of the real tokens, times 5
    mixer = BOTH_WAYS(DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)).double()
    for part, number in ((mixer.query, 0.0), (mixer.value, 1.0), (mixer.output, 5.0)):
        nn.init.constant_(part.weight, number)
    x = torch.tensor([[[1.0], [2.0], [6.0]]]).double()
    mask = padding_mask(torch.tensor([2]), 3)
    assert mixer(x, mask=mask).flatten().tolist() == pytest.approx([7.5] * 3, abs=1e-12)  # 5 (1 + 2) / 2
    assert mixer(x).flatten().tolist() == pytest.approx([15.0] * 3, abs=1e-12)  # 5 (1 + 2 + 6) / 3
    # each query may have a mask of its own: 5 * 1, 5 (2 + 6) / 2, 5 (1 + 2) / 2
    each = torch.tensor([[1, 0, 0], [0, 1, 1], [1, 1, 0]]).bool()
    assert mixer(x, mask=each).flatten().tolist() == pytest.approx([5.0, 20.0, 7.5], abs=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("window", [None, 7])
def test_equals_the_reference_with_gradients(length, window):
    mixer, x = enlarged(BOTH_WAYS(CONFIG, window=window)), vectors(2, length, 16).requires_grad_()
    mask = padding_mask(torch.tensor([length, max(length // 3, 1)]), length)
    result = mixer(x, mask=mask)
    mixed = reference.attention(*mixer.project(x, torch.arange(length)), mask, window=window)
    expected = mixer.output(mixed.transpose(1, 2).flatten(2))
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    inputs, upstream = [x, *mixer.parameters()], vectors(2, length, 16, seed=4)
    for a, b in zip(torch.autograd.grad(result, inputs, upstream), torch.autograd.grad(expected, inputs, upstream)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


def test_with_a_cache_the_mask_covers_its_tokens_too():
    # the second block of a text, read with the first one in the cache: keys 0 .. 4 are the cache's
    mixer, x = enlarged(BOTH_WAYS(CONFIG)), vectors(1, 8, 16)
    mask = torch.tensor([True, False, True, True, True, True, False, True])
    with torch.no_grad():
        cache = mixer.new_cache(1)
        mixer(x[:, :5], cache)
        torch.testing.assert_close(mixer(x[:, 5:], cache, mask=mask), mixer(x, mask=mask)[:, 5:], rtol=0, atol=1e-12)


def test_a_text_of_padding_only_gives_the_bias_and_no_nan():
    # a row that may attend to nothing returns zeros; the output layer adds its bias
    mixer = enlarged(BOTH_WAYS(CONFIG, bias=True))
    y = mixer(vectors(1, 5, 16), mask=padding_mask(torch.tensor([0]), 5))
    torch.testing.assert_close(y, mixer.output.bias.expand(1, 5, 16), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "mask", "message"),
    [
        ({}, torch.ones(1, 1, 1, 4).bool(), r"broadcasts to \(B, H, T, S\) = \(1, 4, 3, 3\), got \(1, 1, 1, 4\)"),
        ({"is_causal": False}, torch.ones(3), "expected bool, True = may be seen, got torch.float32"),
        ({"is_causal": False}, torch.ones(2, 3).bool(), r"broadcasts to \(B, H, T, S\) = \(1, 4, 3, 3\), got \(2, 3\)"),
    ],
)
def test_a_mask_that_cannot_be_kept_to_is_refused(options, mask, message):
    with pytest.raises(ValueError, match=message):
        Attention(CONFIG, **options)(torch.zeros(1, 3, 16), mask=mask)
