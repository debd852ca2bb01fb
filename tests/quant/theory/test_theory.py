from math import log2

import pytest
import torch

from coursekit.quant import quantize
from coursekit.quant.theory import code_entropy, noise_of_bits, rounding_noise, signal_to_noise


def test_noise_by_hand():
    # an error anywhere in -3 .. 3: its mean square is 9 / 3
    assert rounding_noise(6) == 3
    # 3 bits over -3 .. 3: marks at -3, -2, ..., 3
    assert noise_of_bits(3, 3) == pytest.approx(1 / 12)
    assert signal_to_noise(100, 1) == pytest.approx(20)


@pytest.mark.parametrize("bits", range(2, 9))
def test_the_line_is_what_quantize_does_to_numbers_that_are_spread_evenly(bits):
    weight = torch.linspace(-1, 1, 100001, dtype=torch.float64)[None]
    error = (quantize(weight, bits).dequantize() - weight).square().mean().item()
    # the halves of a step beyond the outer marks are not there: none is missing, since the largest is a mark
    assert error == pytest.approx(noise_of_bits(1, bits), rel=1e-3)


def test_each_bit_is_six_decibels():
    gains = [signal_to_noise(1, noise_of_bits(1, bits)) for bits in (7, 8)]
    assert gains[1] - gains[0] == pytest.approx(6.02, abs=0.1)


def test_entropy_by_hand():
    # 1/2, 1/4, 1/4: 0.5 * 1 + 2 * 0.25 * 2
    assert code_entropy(torch.tensor([0, 0, 1, -1])) == pytest.approx(1.5)
    assert code_entropy(torch.tensor([[-1.0, 0.0, 1.0]])) == pytest.approx(log2(3))
    assert code_entropy(torch.zeros(5, dtype=torch.int8)) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rounding_noise(-1), r"step: expected a number >= 0, got -1"),
        (lambda: noise_of_bits(1, 1), r"expected largest > 0 and bits >= 2, got 1 and 1"),
        (lambda: signal_to_noise(1, 0), r"expected mean squares > 0, got 1 and 0"),
        (lambda: code_entropy(torch.tensor([0.5])), r"codes: expected whole numbers, at least one, got torch.float32"),
        (lambda: code_entropy(torch.tensor([])), r"codes: expected whole numbers, at least one, got torch.float32"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
