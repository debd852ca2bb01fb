from math import cos, sin, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.sinusoidal import SinusoidalPositions, sinusoids

CONFIG = DecoderConfig(vocab_size=5, width=4, layers=1, heads=1, context=6, rope_base=None)


def test_by_hand():
    # C = 4, base 100: waves p and p / 10, sine before cosine. Position 3.
    row = sinusoids(torch.tensor([3]), 4, 100.0, torch.float64)
    assert row[0].tolist() == pytest.approx([sin(3), cos(3), sin(0.3), cos(0.3)], abs=1e-15)
    # the default base: the second wave of C = 4 is p / sqrt(10000)
    row = sinusoids(torch.tensor([3]), 4, dtype=torch.float64)
    assert row[0, 2].item() == pytest.approx(sin(0.03), abs=1e-15)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(p=st.integers(0, 5000), q=st.integers(0, 5000), shift=st.integers(0, 5000), half=st.integers(1, 8))
def test_the_match_of_two_positions_depends_on_their_distance_only(p, q, shift, half):
    # sin a sin b + cos a cos b = cos(a - b), wave by wave
    a, b, c, d = sinusoids(torch.tensor([p, q, p + shift, q + shift]), 2 * half, dtype=torch.float64)
    # angles up to 10^4 carry a rounding of 10^4 * 1.1e-16; at most 16 channels
    assert (a @ b).item() == pytest.approx((c @ d).item(), abs=1e-10)
    assert (a @ a).item() == pytest.approx(half, abs=1e-12)


def test_tokens_are_enlarged_and_positions_added():
    embedding = SinusoidalPositions(CONFIG).double()
    ids = torch.tensor([[3, 1], [0, 3]])
    waves = torch.tensor([sin(5), cos(5), sin(0.05), cos(0.05)], dtype=torch.float64)
    expected = sqrt(4) * embedding.tokens.weight[3] + waves
    torch.testing.assert_close(embedding(ids, torch.tensor([4, 5]))[1, 1], expected, rtol=0, atol=1e-15)
    each = embedding(ids, torch.tensor([[0, 1], [2, 5]]))
    torch.testing.assert_close(each[1, 1], expected, rtol=0, atol=1e-15)


def test_as_a_part_of_the_decoder_it_learns_nothing_and_tells_order_apart():
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, embedding=SinusoidalPositions)
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight))  # initial weights hide everything by being small
    assert decoder.parameter_count() == Decoder(CONFIG).parameter_count()
    ids = torch.tensor([[1, 2, 3]])
    assert not torch.allclose(decoder(ids)[:, 2], decoder(ids[:, [1, 0, 2]])[:, 2])


def test_half_precision_gets_exact_angles():
    # position 4097 does not exist in bfloat16: computed there, its angle would be that of 4096
    exact = sinusoids(torch.tensor([4097]), 2, dtype=torch.float64)
    half = sinusoids(torch.tensor([4097]), 2, dtype=torch.bfloat16)
    assert half.dtype == torch.bfloat16
    assert (half - exact).abs().max() < 2**-8
    embedding = SinusoidalPositions(CONFIG).bfloat16()
    assert embedding(torch.tensor([[0]]), torch.arange(1)).dtype == torch.bfloat16


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="an even number .* got 5"):
        sinusoids(torch.arange(2), 5)
