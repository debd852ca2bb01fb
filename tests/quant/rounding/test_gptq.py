import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant import quantize
from coursekit.quant.formats import find_grid, to_codes
from coursekit.quant.rounding import Calibration, gptq


def with_moments(moments):
    calibration = Calibration(len(moments))
    calibration.moments, calibration.count = torch.tensor(moments), 1
    return calibration


def column_by_column(weight, moments, bits, size, symmetric, damping):
    """As the paper derives it: the inverse of H over the columns that are left, made anew for each column."""
    rest, moments = weight.double().clone(), moments.double()
    moments = moments + damping * moments.diagonal().mean() * torch.eye(len(moments)).double()
    codes = torch.empty(weight.shape, dtype=torch.uint8)
    for j in range(weight.shape[1]):
        if j % size == 0:
            scale, zero = find_grid(rest[:, j : j + size].float(), bits, "channel", symmetric)
        inverse = moments[j:, j:].inverse()
        codes[:, j] = to_codes(rest[:, j : j + 1].float(), scale, zero, bits, symmetric)[:, 0]
        error = rest[:, j] - ((codes[:, j : j + 1] - zero) * scale)[:, 0].double()
        rest[:, j:] -= error[:, None] / inverse[0, 0] * inverse[0]
    return codes


def test_by_hand():
    # 3 bits: codes 1 .. 7 for -3 .. 3, and the largest weight is 3: the step is 1
    weight = torch.tensor([[3.0, 1.4, 2.2]])
    calibration = with_moments([[1.0, 0.0, 0.0], [0.0, 1.0, 0.8], [0.0, 0.8, 1.0]])
    rounded = gptq(weight, calibration, 3, damping=0.0)
    # 1.4 -> 1 is 0.4 short, so the third should grow by 0.8 * 0.4 = 0.32: 2.52 -> 3
    assert rounded.dequantize().tolist() == [[3, 1, 3]]
    # to nearest e = (-0.4, -0.2): 0.16 + 0.04 + 2 * 0.8 * 0.08; here (-0.4, 0.8): 0.16 + 0.64 - 2 * 0.8 * 0.32
    assert calibration.output_error(weight, quantize(weight, 3).dequantize()) == pytest.approx(0.328, rel=1e-5)
    assert calibration.output_error(weight, rounded.dequantize()) == pytest.approx(0.288, rel=1e-5)


@pytest.mark.parametrize(
    ("columns", "size"),
    [(1, 1), (63, 7), (64, 64), (65, 5), (127, 127), (128, 16), (129, 43), (130, 130), (260, 130), (264, 24)],
)
@pytest.mark.parametrize("symmetric", [True, False])
def test_blocks_and_one_factorisation_are_column_by_column(correlated, columns, size, symmetric):
    weight, calibration = correlated(columns, 5, columns)
    found = gptq(weight, calibration, 4, size, symmetric)
    assert found.codes.equal(column_by_column(weight, calibration.moments, 4, size, symmetric, 0.01))
    assert found.scale.shape == (5, columns // size)


def test_inputs_that_have_nothing_to_do_with_each_other_leave_rounding_to_nearest(correlated):
    weight, _ = correlated(0, 6, 24)
    calibration = with_moments(torch.diag(torch.linspace(0.1, 9, 24)).tolist())
    for bits, size in ((2, 8), (4, "channel")):
        found, nearest = gptq(weight, calibration, bits, size), quantize(weight, bits, size)
        assert found.codes.equal(nearest.codes)
        assert found.scale.equal(nearest.scale)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 5), st.sampled_from([4, 8, "channel"]), st.booleans(), st.integers(1, 4), st.integers(0, 10**6))
def test_never_worse_than_rounding_in_the_mean(correlated, bits, size, symmetric, eighths, seed):
    errors = [0.0, 0.0]
    for i in range(6):
        weight, calibration = correlated(seed + i, 8, 8 * eighths)
        for j, rounded in enumerate(
            (gptq(weight, calibration, bits, size, symmetric), quantize(weight, bits, size, symmetric))
        ):
            errors[j] += calibration.output_error(weight, rounded.dequantize())
    assert errors[0] <= errors[1]


def test_an_input_that_is_always_0_and_fewer_inputs_than_columns(correlated):
    weight, calibration = correlated(3, 4, 32, inputs=7)
    moments = calibration.moments.clone()
    calibration.moments[5], calibration.moments[:, 5] = 0, 0
    found = gptq(weight, calibration, 4, 8)
    assert found.codes[:, 5].equal(to_codes(weight[:, 5:6], found.scale[:, :1], found.zero[:, :1], 4)[:, 0])
    # the others are what they are without it
    kept = [j for j in range(32) if j != 5]
    without = with_moments(moments[kept][:, kept].tolist())
    assert gptq(weight[:, kept], without, 4, 31, damping=0.1).codes.shape == (4, 31)
    # no input at all but zeros: to nearest
    nothing = with_moments(torch.zeros(32, 32).tolist())
    assert gptq(weight, nothing, 4, 8).codes.equal(quantize(weight, 4, 8).codes)


def test_twin_inputs_share_their_error(correlated):
    # the second input repeats the first: what one weight lacks the other can add, exactly, and H is singular
    x = torch.randn(50, 1, generator=torch.Generator().manual_seed(0)).expand(50, 2)
    weight, calibration = torch.tensor([[1.4, 3.0]]), Calibration.of(x.contiguous())
    assert gptq(weight, calibration, 3, damping=1e-4).dequantize().tolist() == [[1, 3]]
    with pytest.raises(ValueError, match=r"damping: expected more than 0.0, since the inputs do not span all columns"):
        gptq(weight, with_moments([[1.0, 2.0], [2.0, 4.0]]), 3, damping=0.0)


def test_half_precision_and_groups_of_zeros(correlated):
    weight, calibration = correlated(1, 3, 16)
    weight[:, :4] = 0
    found = gptq(weight.half(), calibration, 4, 4).dequantize()
    assert found[:, :4].equal(torch.zeros(3, 4))
    assert found.isfinite().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group_size": 5}, r"group_size: expected a divisor of the 16 columns, got 5"),
        ({"group_size": "tensor"}, r'group_size: expected "channel" or a divisor of the columns, got "tensor"'),
        ({"bits": 9}, r"bits: expected a whole number from 1 to 8, got 9"),
        ({"damping": -1.0}, r"damping: expected a finite number >= 0, got -1.0"),
        ({"weight": torch.full((2, 16), float("nan"))}, r"weight: expected finite numbers, got 32"),
        ({"weight": torch.ones(2, 15)}, r"weight: expected \(outputs, 16\), got \(2, 15\)"),
        ({"calibration": Calibration(16)}, r"calibration: expected some inputs, got none"),
    ],
)
def test_bad_input(correlated, change, message):
    weight, calibration = correlated(0, 2, 16)
    with pytest.raises(ValueError, match=message):
        gptq(**{"weight": weight, "calibration": calibration, "bits": 4} | change)
