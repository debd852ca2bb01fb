from functools import partial

import pytest
import torch

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.layers.norms import LayerNorm
from coursekit.quant.outliers import fast_hadamard, hadamard, peak_ratio, random_rotation, rotate_stream


def test_by_hand():
    assert hadamard(1).tolist() == [[1]]
    assert hadamard(4).tolist() == [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
    # (4, 2, 0, 0): sums 6, 2, 6, 2, over 2
    assert fast_hadamard(torch.tensor([4.0, 2.0, 0.0, 0.0])).tolist() == [3, 1, 3, 1]
    # one large number becomes many small ones
    assert fast_hadamard(torch.tensor([0.0, 0.0, 8.0, 0.0])).abs().tolist() == [4, 4, 4, 4]


@pytest.mark.parametrize("size", [1, 2, 4, 8, 12, 20, 24, 64, 96, 192, 576, 1536])
def test_rows_are_at_right_angles(size):
    matrix = hadamard(size)
    assert (matrix.abs() == 1).all()
    assert (matrix @ matrix.T).equal(size * torch.eye(size))
    rotation = random_rotation(size, seed=1)
    torch.testing.assert_close(rotation @ rotation.T, torch.eye(size), rtol=0, atol=1e-5)
    assert size < 8 or not rotation.equal(random_rotation(size, seed=2))


@pytest.mark.parametrize("size", [1, 2, 16, 128])
def test_the_fast_product_is_the_product_and_its_own_inverse(size):
    x = torch.randn(3, 5, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(fast_hadamard(x), x @ hadamard(size).double() / size**0.5)
    torch.testing.assert_close(fast_hadamard(fast_hadamard(x)), x)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_a_decoder_in_turned_coordinates_says_the_same(tied, bias):
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=13, width=24, layers=2, heads=2, kv_heads=1, context=20, tied=tied)
    decoder = Decoder(config, mixer=partial(Attention, bias=bias), ffn=partial(FeedForward, bias=bias)).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
        # channels that stick out, as in a trained model
        decoder.embedding.tokens.weight[:, 5] *= 30
    tokens, inside = torch.randint(13, (2, 11)), []
    hook = decoder.blocks[0].register_forward_pre_hook(lambda _, given: inside.append(given[0].detach()))
    with torch.no_grad():
        before = decoder(tokens)
        rotate_stream(decoder, random_rotation(24, seed=3))
        torch.testing.assert_close(decoder(tokens), before, rtol=0, atol=1e-4)  # the rotation is float32
    hook.remove()
    assert (decoder.norm.weight == 1).all()
    assert peak_ratio(inside[1]) < peak_ratio(inside[0]) / 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hadamard(6), r"size: expected a power of 2, or one times p \+ 1 with p a prime = 3 mod 4, got 6"),
        (lambda: hadamard(0), r"size: expected a whole number >= 1, got 0"),
        (lambda: fast_hadamard(torch.ones(6)), r"x: expected a last dimension that is a power of 2, got 6"),
        (lambda: rotate_stream(Decoder(SMALL), torch.eye(4)), r"rotation: expected \(8, 8\), got \(4, 4\)"),
        (lambda: rotate_stream(Decoder(SMALL, norm=LayerNorm), torch.eye(8)), r"decoder: expected RMSNorm everywhere"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


SMALL = DecoderConfig(vocab_size=5, width=8, layers=1, heads=2)
