"""Affine integers: by hand, by what rounding to nearest promises, and what is refused."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.formats.affine import Affine, find_grid, quantize, to_codes


def test_symmetric_by_hand():
    # 3 bits: codes 1 .. 7, zero 4, scale = 6 / 3 = 2. 6 / 2 + 4 = 7; -3 / 2 + 4 = 2.5 -> 2 (half to even); 1.1 / 2 + 4
    # = 4.55 -> 5; 0 -> 4; and back: 6, -4, 2, 0
    row = quantize(torch.tensor([[6.0, -3.0, 1.1, 0.0]]), 3)
    assert row.codes.tolist() == [[7, 2, 5, 4]]
    assert (row.scale.tolist(), row.zero.tolist()) == ([[2.0]], [[4.0]])
    assert row.dequantize().tolist() == [[6, -4, 2, 0]]


def test_asymmetric_by_hand():
    # 2 bits: from -1 to 5 are 3 steps of 2; zero = round(0.5) = 0 (to even): -1 -> -0.5 -> 0; 5 -> 2.5 -> 2; 3.2 -> 2
    row = quantize(torch.tensor([[-1.0, 5.0, 3.2, 0.0]]), 2, symmetric=False)
    assert (row.codes.tolist(), row.scale.tolist(), row.zero.tolist()) == ([[0, 2, 2, 0]], [[2.0]], [[0.0]])
    # from 0 to 5, 0 included though nothing is there: 3 and 5 with steps of 5/3 are 2 (1.8) and 3
    assert quantize(torch.tensor([3.0, 5.0]), 2, symmetric=False).codes.tolist() == [2, 3]


def test_one_bit_is_the_sign_and_the_mean():
    # mean |w| = (1 + 2 + 3) / 3 = 2
    row = quantize(torch.tensor([1.0, -2.0, 3.0]), 1)
    assert row.dequantize().tolist() == [2, -2, 2]


def test_groups_channels_and_the_whole_tensor():
    weight = torch.tensor([[1.0, 2.0, 10.0, 20.0], [100.0, 200.0, 1000.0, 2000.0]])
    largest = {2: [[2, 20], [200, 2000]], "channel": [[20], [2000]], 4: [[20], [2000]], "tensor": [[2000]]}
    for group_size, expected in largest.items():
        row = quantize(weight, 8, group_size)
        torch.testing.assert_close(row.scale * 127, torch.tensor(expected, dtype=torch.float32), rtol=1e-6, atol=0)
        assert row.group_size == (group_size if type(group_size) is int else 4)
        assert row.shape == (2, 4)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    bits=st.integers(1, 8),
    rows=st.lists(st.integers(1, 3), max_size=2),
    groups=st.integers(1, 3),
    columns=st.integers(1, 9),
    symmetric=st.booleans(),
    size=st.sampled_from([1e-30, 1.0, 3e37]),
    seed=st.integers(0, 2**31),
)
def test_every_weight_goes_to_the_nearest_number_there_is(bits, rows, groups, columns, symmetric, size, seed):
    weight = torch.randn(*rows, groups * columns, generator=torch.Generator().manual_seed(seed)) * size
    row = quantize(weight, bits, columns, symmetric)
    lowest = 1 if symmetric and bits > 1 else 0
    for asked, back, scale, zero in zip(
        *(t.unflatten(-1, (groups, -1)).reshape(-1, columns) for t in (weight, row.dequantize())),
        *(t.flatten() for t in (row.scale, row.zero)),
    ):
        numbers = scale.double() * (torch.arange(lowest, 1 << bits) - zero)  # all that the group can hold
        best = (asked.double()[:, None] - numbers).abs().amin(-1)
        # the quotient is rounded at a place of up to 256 codes: 2^8 ulps of a step
        assert ((asked.double() - back).abs() <= best + scale * 2**-15).all()
        if bits > 1:  # where the zero is rounded, an end may be cut off by half a step
            assert (best <= scale * (0.5001 if symmetric else 1.0001)).all()


@pytest.mark.parametrize("bits", range(1, 9))
def test_opposite_weights_have_opposite_codes(bits):
    weight = torch.randn(4, 33, generator=torch.Generator().manual_seed(bits))
    there, back = quantize(weight, bits), quantize(-weight, bits)
    assert there.dequantize().equal(-back.dequantize())
    assert quantize(there.dequantize(), bits).codes.equal(there.codes)  # what fits stays


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("bits", range(1, 9))
def test_a_group_of_zeros_stays_zero(bits, symmetric):
    weight = torch.tensor([[0.0, 0.0, 1.0, -1.0]])
    row = quantize(weight, bits, 2, symmetric)
    assert row.dequantize()[0, :2].tolist() == [0, 0]
    assert row.scale[0, 0] == 0
    if bits > 1:
        assert quantize(torch.tensor([0.0, 5.0, -3.0]), bits, symmetric=symmetric).dequantize()[0] == 0


def test_half_precision_and_gradients_do_not_travel():
    weight = torch.randn(2, 8, generator=torch.Generator().manual_seed(0)).to(torch.bfloat16)
    same = quantize(torch.nn.Parameter(weight), 4, 4)
    assert same.codes.equal(quantize(weight.float(), 4, 4).codes)
    assert not same.dequantize().requires_grad


def test_a_grid_that_is_given_is_used():
    scale, zero = find_grid(torch.tensor([[0.0, 14.0]]), 4, symmetric=False)
    # steps of 14/15: 7 -> 7.5 -> 8 to even; what is out of reach goes to the ends
    assert to_codes(torch.tensor([[7.0, 99.0, -99.0]]), scale, zero, 4, False).tolist() == [[8, 15, 0]]
    one = torch.ones(1, 1)
    assert to_codes(torch.tensor([[99.0, -99.0]]), one, 8 * one, 4).tolist() == [[15, 1]]
    assert to_codes(torch.tensor([[99.0, 0.0]]), 0 * one, 8 * one, 4).tolist() == [[8, 8]]


def test_a_range_wider_than_float32_can_say():
    row = quantize(torch.tensor([3e38, -3e38]), 8, symmetric=False)
    torch.testing.assert_close(row.dequantize(), torch.tensor([3e38, -3e38]), rtol=1e-2, atol=0)


ONE = torch.ones(1, 1)
BAD = [
    (lambda: quantize(torch.tensor([1.0, float("nan"), float("inf")]), 4), "weight: expected finite numbers, got 2 "),
    (lambda: quantize(torch.tensor([1, 2]), 4), "weight: expected floating point, got torch.int64"),
    (lambda: quantize(torch.ones(2, 6), 4, 4), "group_size: expected a divisor of the 6 columns, got 4"),
    (lambda: quantize(torch.ones(2, 6), 4, 0), "group_size: expected a divisor of the 6 columns, got 0"),
    (lambda: quantize(torch.ones(2, 6), 4, "row"), "group_size: expected a divisor of the 6 columns, got 'row'"),
    (lambda: quantize(torch.ones(2, 6), 9), "bits: expected a whole number from 1 to 8, got 9"),
    (lambda: quantize(torch.ones(2, 6), 0), "bits: expected a whole number from 1 to 8, got 0"),
    (lambda: quantize(torch.ones(2, 6), 4.0), "bits: expected a whole number from 1 to 8, got 4.0"),
    (lambda: quantize(torch.ones(2, 0), 4), r"weight: expected \(\.\.\., columns\) and at least one number, got"),
    (lambda: quantize(torch.tensor(1.0), 4), r"weight: expected \(\.\.\., columns\) and at least one number, got"),
    (lambda: Affine(ONE, ONE, ONE, 4, 1, True), r"codes: expected uint8 \(\.\.\., C\), got torch.float32 \(1, 1\)"),
    (lambda: Affine(ONE.byte() * 4, ONE, ONE, 2, 1, True), r"codes: expected 0 to 3 \(2 bits\), got 4"),
    (lambda: Affine(ONE.byte(), ONE[0], ONE, 2, 1, True), r"scale: expected \(1, 1\), one a group, or all 1, got \(1,"),
    (lambda: Affine(ONE.byte(), ONE, torch.ones(1, 2), 2, 1, True), r"zero: expected \(1, 1\), one a group, or all 1"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
