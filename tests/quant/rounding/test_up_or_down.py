"""Roundings that choose between the marks on both sides: all of them, downhill, learned."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant import quantize
from coursekit.quant.rounding import (
    AdaRoundOptions,
    Calibration,
    adaround,
    all_roundings,
    coordinate_descent,
    neighbours,
    round_to_nearest,
)

FEW = AdaRoundOptions(steps=150, learning_rate=0.05)


def error(weight, calibration, affine):
    return calibration.output_error(weight, affine.dequantize())


def test_neighbours_by_hand():
    # 3 bits, the largest is 3: the step is 1. 3 is an end and a mark, -2 a mark
    below, above = neighbours(torch.tensor([[3.0, 1.4, -1.4, -2.0, 0.2]]), 3)
    assert below.dequantize().tolist() == [[3, 1, -2, -2, 0]]
    assert above.dequantize().tolist() == [[3, 2, -1, -2, 1]]
    # not symmetric, 2 bits, 0 .. 3
    below, above = neighbours(torch.tensor([[0.0, 3.0, 1.5]]), 2, symmetric=False)
    assert below.dequantize().tolist() == [[0, 3, 1]]
    assert above.dequantize().tolist() == [[0, 3, 2]]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 8), st.sampled_from([2, 6, "channel", "tensor"]), st.booleans(), st.integers(0, 10**6))
def test_a_weight_lies_between_its_neighbours_and_its_nearest_mark_is_one_of_them(bits, size, symmetric, seed):
    weight = torch.randn(3, 12, generator=torch.Generator().manual_seed(seed))
    weight[1, :6] = 0
    below, above = neighbours(weight, bits, size, symmetric)
    nearest = quantize(weight, bits, size, symmetric)
    assert ((nearest.codes == below.codes) | (nearest.codes == above.codes)).all()
    assert ((above.codes - below.codes) <= 1).all()
    apart = above.codes != below.codes
    slack = 1e-5 * weight.abs().max()
    assert (below.dequantize() - slack <= weight)[apart].all()
    assert (weight <= above.dequantize() + slack)[apart].all()


def test_all_roundings_by_hand():
    # step 1; the first weight has no choice, so 2^3 rows are 4 pairs of twins
    weight = torch.tensor([[3.0, 1.4, 2.2]])
    calibration = Calibration.of(torch.tensor([[0.0, 2.0, 2.0], [0.0, 0.0, 1.0], [3.0, 0.0, 0.0]]))  # H: 3, 4/3, 5/3
    found = all_roundings(weight, calibration, 3)
    assert found.ups.shape == (8, 3)
    assert found.ups[6].tolist() == [True, True, False]
    # (down, down): e = (-0.4, -0.2): outputs -1.2 and -0.2; (down, up): (-0.4, 0.8): 0.8 and 0.8;
    # (up, down): (0.6, -0.2): 0.8 and -0.2; (up, up): (0.6, 0.8): 2.8 and 0.8, squares over 3
    expected = [(1.44 + 0.04) / 3, (0.64 + 0.64) / 3, (0.64 + 0.04) / 3, (7.84 + 0.64) / 3]
    assert found.output_error.tolist() == pytest.approx(expected * 2, rel=1e-5)
    assert found.weight_error[:4].tolist() == pytest.approx([0.2 / 3, 0.8 / 3, 0.4 / 3, 1.0 / 3], rel=1e-5)
    assert found.nearest % 4 == 0
    assert found.best % 4 == 2
    assert found.rounding(found.best).dequantize().tolist() == [[3, 2, 2]]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_that_must_hold(correlated, seed):
    weight, calibration = correlated(seed, 1, 10)
    found = all_roundings(weight, calibration, 3)
    nearest = round_to_nearest(weight, calibration, 3)
    best = found.output_error[found.best].item()
    assert found.rounding(found.nearest).codes.equal(nearest.codes)
    assert error(weight, calibration, found.rounding(found.best)) == pytest.approx(best, rel=1e-6)
    for rounded in (coordinate_descent(weight, calibration, 3), adaround(weight, calibration, 3, options=FEW)):
        assert (
            best * (1 - 1e-6) <= error(weight, calibration, rounded) <= error(weight, calibration, nearest) * (1 + 1e-6)
        )


def test_downhill_ends_where_no_single_turn_helps(correlated):
    weight, calibration = correlated(0, 4, 12)
    rounded = coordinate_descent(weight, calibration, 2, 4)
    below, above = neighbours(weight, 2, 4)
    for row in range(4):
        at = error(weight[row : row + 1], calibration, coordinate_descent(weight[row : row + 1], calibration, 2, 4))
        for j in range(12):
            codes = rounded.codes[row : row + 1].clone()
            codes[0, j] = below.codes[row, j] + above.codes[row, j] - codes[0, j]
            turned = rounded.dequantize()[row : row + 1].clone()
            turned[0, j] = below.dequantize()[row, j] + above.dequantize()[row, j] - turned[0, j]
            assert calibration.output_error(weight[row : row + 1], turned) >= at * (1 - 1e-6)


def test_learned_rounding_is_better_than_the_nearest_in_the_mean(correlated):
    errors = [0.0, 0.0]
    for seed in range(5):
        weight, calibration = correlated(seed, 8, 24)
        learned = adaround(weight, calibration, 3, 8, options=FEW)
        below, above = neighbours(weight, 3, 8)
        assert ((learned.codes == below.codes) | (learned.codes == above.codes)).all()
        errors[0] += error(weight, calibration, learned)
        errors[1] += error(weight, calibration, quantize(weight, 3, 8))
    assert errors[0] < 0.8 * errors[1]


def test_groups_of_zeros_and_inputs_of_zeros(correlated):
    weight, calibration = correlated(0, 2, 8)
    weight[:, :4] = 0
    for method in (coordinate_descent, adaround):
        assert method(weight, calibration, 4, 4).dequantize()[:, :4].equal(torch.zeros(2, 4))
        silent = method(weight, Calibration.of(torch.zeros(2, 8)), 4, 4)
        assert silent.codes.equal(quantize(weight, 4, 4).codes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w, c: all_roundings(w, c, 3), r"weight: expected \(1, C\) with C up to 20, got \(2, 4\)"),
        (lambda w, c: adaround(w, c, 3, 3), r"group_size: expected a divisor of the 4 columns, got 3"),
        (lambda w, c: coordinate_descent(w * torch.nan, c, 3), r"weight: expected finite numbers, got 8"),
        (lambda w, c: AdaRoundOptions(steps=0), r"expected steps >= 1, .*steps=0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.ones(2, 4), Calibration.of(torch.ones(3, 4)))
