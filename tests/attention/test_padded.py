import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.dot_product import reference
from coursekit.attention.dot_product.masks import padding_mask
from coursekit.attention.padded import PaddedAttention, Padding
from coursekit.decoder import DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=70)


def enlarged(mixer):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    for weight in mixer.double().parameters():
        nn.init.normal_(weight, std=0.3)
    return mixer


def vectors(*shape, seed=2):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def padding(lengths, keys):
    cache = Padding()
    cache.mask = padding_mask(torch.tensor(lengths), keys)
    return cache


def test_by_hand():
    # one head of size 1, zero queries: each token gets the mean of the real tokens, times 5
    mixer = PaddedAttention(DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)).double()
    for part, number in ((mixer.query, 0.0), (mixer.value, 1.0), (mixer.output, 5.0)):
        nn.init.constant_(part.weight, number)
    x = torch.tensor([[[1.0], [2.0], [6.0]]]).double()
    assert mixer(x, padding([2], 3)).flatten().tolist() == pytest.approx([7.5] * 3, abs=1e-12)  # 5 (1 + 2) / 2
    assert mixer(x, mixer.new_cache(1)).flatten().tolist() == pytest.approx([15.0] * 3, abs=1e-12)  # 5 (1 + 2 + 6) / 3
    assert mixer(x).flatten().tolist() == pytest.approx([15.0] * 3, abs=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("window", [None, 7])
def test_equals_the_reference_with_gradients(length, window):
    mixer, x = enlarged(PaddedAttention(CONFIG, window=window)), vectors(2, length, 16).requires_grad_()
    cache = padding([length, max(length // 3, 1)], length)
    result = mixer(x, cache)
    parts = mixer.project(x, torch.arange(length))
    mixed = reference.attention(*parts, cache.mask, window=window)
    expected = mixer.output(mixed.transpose(1, 2).flatten(2))
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    inputs, upstream = [x, *mixer.parameters()], vectors(2, length, 16, seed=4)
    for a, b in zip(torch.autograd.grad(result, inputs, upstream), torch.autograd.grad(expected, inputs, upstream)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


def test_positions_and_options_are_those_of_attention():
    x, positions = vectors(2, 9, 16), torch.arange(9) * 3
    mixer = enlarged(PaddedAttention(CONFIG, window=4, bias=True))
    plain = Attention(CONFIG, window=4, is_causal=False, bias=True).double()
    plain.load_state_dict(mixer.state_dict())
    torch.testing.assert_close(mixer(x), plain(x), rtol=0, atol=1e-12)
    torch.testing.assert_close(mixer(x, None, positions), plain(x, None, positions), rtol=0, atol=1e-12)
    assert not torch.allclose(mixer(x), mixer(x, None, positions))

    class Counted(nn.Linear):
        pass

    assert sum(isinstance(part, Counted) for part in PaddedAttention(CONFIG, Counted).modules()) == 4
    assert all(part.bias is None for part in PaddedAttention(CONFIG).children())


def test_a_text_of_padding_only_gives_the_bias_and_no_nan():
    # a row that may attend to nothing returns zeros; the output layer adds its bias
    mixer = enlarged(PaddedAttention(CONFIG, bias=True))
    y = mixer(vectors(1, 5, 16), padding([0], 5))
    torch.testing.assert_close(y, mixer.output.bias.expand(1, 5, 16), rtol=0, atol=1e-12)
