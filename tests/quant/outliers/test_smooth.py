import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.layers.norms import LayerNorm, RMSNorm
from coursekit.quant.outliers import W8A8Linear, smooth, smoothing_scale
from coursekit.quant.outliers.peaks import channel_peaks, peak_ratio


def with_outlier(seed=0, rows=64, columns=32):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, columns, generator=generator)
    x[:, 3] *= 60
    return x, torch.randn(16, columns, generator=generator)


def test_by_hand():
    # max|x| = (16, 1), max|w| = (1, 4): s = (16^0.5 / 1, 1 / 4^0.5); afterwards both have 4 and 2 as their largest
    largest, weight = torch.tensor([16.0, 1.0]), torch.tensor([[1.0, -4.0], [-0.5, 2.0]])
    scale = smoothing_scale(largest, weight)
    assert scale.tolist() == [4, 0.5]
    assert (largest / scale).tolist() == (weight.abs().amax(0) * scale).tolist() == [4, 2]
    assert smoothing_scale(largest, weight, alpha=1).tolist() == [16, 1]
    assert smoothing_scale(largest, weight, alpha=0).tolist() == [1, 0.25]
    # two matrices that read the same
    assert smoothing_scale(largest, [weight[:1] / 9, weight]).tolist() == [4, 0.5]


@pytest.mark.parametrize("kind", [RMSNorm, LayerNorm])
def test_outputs_stay_as_they_are_and_inputs_lose_their_peak(kind):
    torch.manual_seed(0)
    norm, linears = kind(32).double(), [torch.nn.Linear(32, 8).double(), torch.nn.Linear(32, 5, bias=False).double()]
    with torch.no_grad():
        norm.weight[3] = 50
        if kind is LayerNorm:
            norm.bias.normal_()
    x = torch.randn(40, 32).double()
    inputs, before = norm(x), [linear(norm(x)) for linear in linears]
    smooth(norm, linears, channel_peaks(inputs))
    for linear, expected in zip(linears, before):
        torch.testing.assert_close(linear(norm(x)), expected, rtol=0, atol=1e-12 * 1e3)
    assert peak_ratio(norm(x)) < peak_ratio(inputs) / 3


def test_w8a8_by_hand():
    # weights (127, -64) / 127: codes 127, -64; x = (2, 1): codes 127, 64 (63.5 to even)
    linear = torch.nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[1.0, -64 / 127]]))
        linear.bias.fill_(10)
    y = W8A8Linear(linear)(torch.tensor([[2.0, 1.0]]))
    assert y.item() == pytest.approx(10 + (127 * 127 - 64 * 64) * 2 / 127 / 127, rel=1e-6)
    # a scale found beforehand: 1 / 127 cuts the 2 off at 1
    y = W8A8Linear(linear, static_scale=1 / 127)(torch.tensor([[2.0, 1.0]]))
    assert y.item() == pytest.approx(10 + (127 * 127 - 64 * 127) / 127 / 127, rel=1e-6)


def test_smoothing_mends_what_an_outlier_spoils():
    x, weight = with_outlier()
    linear = torch.nn.Linear(32, 16, bias=False)
    linear.weight.data = weight
    static = float(x.abs().max()) / 127
    scale = smoothing_scale(channel_peaks(x), weight)
    smoothed_static = float((x / scale).abs().max()) / 127
    errors = [
        (layer(x) - linear(x)).square().mean().item()
        for layer in (W8A8Linear(linear, None, static), W8A8Linear(linear, scale, smoothed_static))
    ]
    assert errors[1] < errors[0] / 4


def test_the_weights_that_the_codes_stand_for():
    x, weight = with_outlier()
    linear = torch.nn.Linear(32, 16, bias=False)
    linear.weight.data = weight
    scale = smoothing_scale(channel_peaks(x), weight)
    assert (W8A8Linear(linear, scale).weight * scale - weight * scale).abs().max() <= (weight * scale).abs().max() / 253


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 70), st.integers(0, 5), st.integers(0, 10**6))
def test_the_error_is_below_what_half_steps_allow(columns, rows, seed):
    generator = torch.Generator().manual_seed(seed)
    linear = torch.nn.Linear(columns, 3)
    x = torch.randn(rows, 2, columns, generator=generator)
    with torch.no_grad():
        y, fine = W8A8Linear(linear)(x), linear(x)
        # each input off by half of max|x| / 127, each weight by half of max|w| / 127
        step_x, step_w = x.abs().amax(-1, keepdim=True) / 254, linear.weight.abs().amax(1) / 254
        bound = step_x * linear.weight.abs().sum(1) + x.abs().sum(-1, keepdim=True) * step_w + columns * step_x * step_w
    assert y.shape == fine.shape
    assert ((y - fine).abs() <= bound + 1e-5).all()


def test_no_sum_is_rounded_or_overflows():
    # 127 * 127 * 50 000 - 100 * 127 * 63 500 + 127 * 1: the first two are equal, and far above 2^24, where float32 no
    # longer counts by ones
    linear = torch.nn.Linear(113501, 1, bias=False)
    with torch.no_grad():
        linear.weight[:, :50000], linear.weight[:, 50000:] = 1, -100 / 127
        linear.weight[0, -1] = 1 / 127
    assert W8A8Linear(linear)(torch.full((1, 113501), 127.0)).item() == pytest.approx(1, rel=1e-6)
    assert 127**2 * 133144 < 2**31 <= 127**2 * 133145


def test_peaks():
    x = torch.tensor([[1.0, -5.0, 0.0], [-2.0, 3.0, 0.5]])
    assert channel_peaks(x).tolist() == [2, 5, 0.5]
    assert peak_ratio(x) == 2.5
    assert peak_ratio(torch.zeros(2, 3)) == 1
    assert peak_ratio(torch.tensor([0.0, 0.0, 1.0])) == float("inf")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smoothing_scale(torch.ones(2), torch.ones(1, 2), alpha=2), r"alpha: expected 0 to 1, got 2"),
        (lambda: smoothing_scale(torch.ones(2), torch.ones(1, 3)), r"weights: expected \(outputs, 2\), got \(1, 3\)"),
        (lambda: smoothing_scale(torch.tensor([torch.inf]), torch.ones(1, 1)), r"largest: expected finite numbers"),
        (lambda: W8A8Linear(torch.nn.Linear(2, 1), torch.zeros(2)), r"column_scale: expected \(2,\), all > 0"),
        (lambda: W8A8Linear(torch.nn.Linear(2, 1), None, 0.0), r"static_scale: expected a finite number > 0, got 0.0"),
        (
            lambda: W8A8Linear(torch.nn.Linear(2, 1), None, 1.0)(torch.tensor([torch.nan, 1.0])),
            r"x: expected finite numbers, got 1",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
