import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant import quantize
from coursekit.quant.rounding import Calibration, awq


def test_by_hand():
    # 2 bits: -1, 0, 1 times the largest weight, 4. The first input is 16 times as large as the second.
    weight, x = torch.tensor([[1.2, 4.0]]), torch.tensor([[16.0, 0.0], [0.0, 1.0]])
    calibration = Calibration.of(x)
    # to nearest (0, 4): error 1.2^2 * 256 / 2
    assert calibration.output_error(weight, quantize(weight, 2).dequantize()) == pytest.approx(184.32, rel=1e-5)
    # alpha = 1/2: scales 4 and 1, by the root of their product 2 and 1/2: (2.4, 2), step 2.4 -> (2.4, 2.4) ->
    # (1.2, 4.8): error 0.8^2 / 2
    found = awq(weight, calibration, 2, steps=2)
    assert found.exponent == 0.5
    assert found.column_scale.tolist() == [2, 0.5]
    torch.testing.assert_close(found.dequantize(), torch.tensor([[1.2, 4.8]]))
    assert calibration.output_error(weight, found.dequantize()) == pytest.approx(0.32, rel=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 5), st.sampled_from([4, 8, "channel"]), st.booleans(), st.integers(1, 4), st.integers(0, 10**6))
def test_never_worse_than_rounding(correlated, bits, size, symmetric, eighths, seed):
    weight, calibration = correlated(seed, 8, 8 * eighths)
    found = awq(weight, calibration, bits, size, symmetric, steps=8)
    nearest = calibration.output_error(weight, quantize(weight, bits, size, symmetric).dequantize())
    assert calibration.output_error(weight, found.dequantize()) <= nearest * (1 + 1e-5)


def test_better_where_few_inputs_are_large():
    # one column in a hundred carries the outputs, as in a trained network
    generator = torch.Generator().manual_seed(0)
    x, weight = torch.randn(400, 128, generator=generator), torch.randn(64, 128, generator=generator)
    x[:, 17] *= 100
    calibration = Calibration.of(x)
    found = awq(weight, calibration, 3, 32)
    nearest = calibration.output_error(weight, quantize(weight, 3, 32).dequantize())
    assert calibration.output_error(weight, found.dequantize()) < nearest / 4
    # the inputs divided and the few-bit weights give what the whole gives
    y = x / found.column_scale @ found.weight.dequantize().T
    torch.testing.assert_close(y, x @ found.dequantize().T, rtol=1e-4, atol=1e-3)


def test_inputs_that_are_always_0(correlated):
    weight, _ = correlated(0, 3, 8)
    x = torch.randn(20, 8, generator=torch.Generator().manual_seed(1))
    x[:, 2] = 0
    assert awq(weight, Calibration.of(x), 4).dequantize().isfinite().all()
    found = awq(weight, Calibration.of(torch.zeros(3, 8)), 4)
    torch.testing.assert_close(found.dequantize(), quantize(weight, 4).dequantize())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group_size": 5}, r"group_size: expected a divisor of the 16 columns, got 5"),
        ({"steps": 0}, r"steps: expected a whole number >= 1, got 0"),
        ({"weight": torch.full((2, 16), torch.inf)}, r"weight: expected finite numbers, got 32"),
    ],
)
def test_bad_input(correlated, change, message):
    weight, calibration = correlated(0, 2, 16)
    with pytest.raises(ValueError, match=message):
        awq(**{"weight": weight, "calibration": calibration, "bits": 4} | change)
