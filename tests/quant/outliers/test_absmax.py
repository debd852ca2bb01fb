import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.outliers.absmax import absmax, absmax_error


def test_absmax_by_hand():
    # the largest is 2: 127 / 2 = 63.5 codes a unit
    codes, scale = absmax(torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]]))
    assert codes.tolist() == [[64, -127, 32], [0, 0, 0]]  # 63.5 and 31.75
    assert scale[0].item() == pytest.approx(2 / 127)
    # 4 bits: Q = 7
    assert absmax(torch.tensor([1.0, -0.5]), bits=4)[0].tolist() == [7, -4]  # -3.5 to even


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 8), st.integers(1, 9), st.floats(-3, 30), st.integers(0, 10**6))
def test_no_activation_is_off_by_more_than_half_a_step(bits, width, exponent, seed):
    x = 10.0**exponent * torch.randn(4, width, generator=torch.Generator().manual_seed(seed))
    codes, scale = absmax(x, bits)
    assert codes.equal(codes.round())
    most = x.abs().amax(-1, keepdim=True)
    # and float32's own rounding
    assert ((codes * scale - x).abs() <= (absmax_error(bits) + 1e-6) * most.clamp(min=1e-5)).all()
    assert (codes.abs().amax(-1) == 2 ** (bits - 1) - 1)[most[:, 0] > 1e-5].all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: absmax(torch.tensor([1.0, float("nan")])), r"x: expected finite numbers, got 1 that are NaN"),
        (lambda: absmax(torch.ones(2), bits=1), r"bits: expected 2 to 8, got 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
