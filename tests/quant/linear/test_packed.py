"""Packed weights: each byte by hand, there and back, and what cannot be packed."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.linear.packed import pack, pack_ternary


def test_a_byte_by_hand():
    # output 3, inputs 5 and 9 of 16 (2 bits): code k = c // 4 = 1 and 2, byte 4 3 + 1 = 13: 2 << 2 | 3 << 4 = 56
    codes = torch.zeros(16, 16, dtype=torch.uint8)
    codes[3, 5], codes[3, 9] = 2, 3
    data = pack(codes, torch.ones(16, 1), 2, 1).data
    assert data.shape == (1, 64)
    assert data.nonzero().tolist() == [[0, 13]]
    assert data[0, 13] == 56
    # 4 bits: inputs 8 to 15 are row 1
    data = pack(codes, torch.ones(16, 1), 4, 8).data
    assert (data.shape, data[0, 13], data[1, 13]) == ((2, 64), 2 << 4, 3)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    bits=st.sampled_from([2, 4, 8]),
    O=st.integers(1, 40),
    groups=st.integers(1, 4),
    units=st.integers(1, 4),
    odd=st.integers(0, 7),
    seed=st.integers(0, 99),
)
def test_there_and_back(bits, O, groups, units, odd, seed):
    C = groups * units * (32 // bits) if groups > 1 else units + odd
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(1 << bits, (O, C), generator=generator).to(torch.uint8)
    scale = torch.rand(O, groups, generator=generator) + 0.5
    low = torch.randn(O, groups, generator=generator)
    weight = pack(codes, scale, bits, 0, low)
    assert weight.codes().equal(codes)
    kept = (lambda t: t.half().float()) if groups > 1 else (lambda t: t)
    expected = codes.unflatten(1, (groups, -1)) * kept(scale)[..., None] + kept(low)[..., None]
    assert weight.dequantize().equal(expected.flatten(1))
    assert weight.to("cpu").codes().equal(codes)


def test_bytes_of_a_weight():
    # 32 x 64: 2 bits and a float32 an output: 32 64 / 4 + 32 4; 4 bits, groups of 32: half, and a half for each group
    assert pack_ternary(torch.zeros(32, 64, dtype=torch.int8), 1.0).nbytes == 512 + 128
    codes, scale = torch.zeros(32, 64, dtype=torch.uint8), torch.ones(32, 2)
    assert pack(codes, scale, 4, 8).nbytes == 1024 + 128
    assert pack(codes, scale, 4, 0, scale).nbytes == 1024 + 256
    # what half precision would cut off stays in single precision
    assert pack(codes, scale * 1e-5, 4, 8).dequantize().equal((codes - 8.0) * 1e-5)
    assert pack(codes, scale * 1e5, 4, 8).dequantize().equal((codes - 8.0) * 1e5)


def test_trits():
    trits = torch.tensor([[1, 0, -1]], dtype=torch.int8)
    assert pack_ternary(trits, torch.tensor(2.0)).dequantize().tolist() == [[2, 0, -2]]
    assert pack_ternary(trits, torch.tensor([[3.0]])).dequantize().tolist() == [[3, 0, -3]]


C8, ONE = torch.zeros(2, 8, dtype=torch.uint8), torch.ones(2, 1)
BAD = [
    (lambda: pack(C8, ONE, 3, 1), "expected 2, 4 or 8 bits and a middle among their codes, got 3 and 1"),
    (lambda: pack(C8, ONE, 4, 16), "expected 2, 4 or 8 bits and a middle among their codes, got 4 and 16"),
    (lambda: pack(C8.float(), ONE, 4, 8), r"codes: expected uint8 \(outputs, inputs\), got torch.float32 \(2, 8\)"),
    (lambda: pack(C8[:0], ONE[:0], 4, 8), r"codes: expected uint8 \(outputs, inputs\), got torch.uint8 \(0, 8\)"),
    (lambda: pack(C8 + 16, ONE, 4, 8), r"codes: expected 0 to 15 \(4 bits\), got 16"),
    (lambda: pack(C8, torch.ones(2, 3), 4, 8), r"scale: expected \(2, groups\), groups a divisor of 8, got \(2, 3\)"),
    (lambda: pack(C8, torch.ones(3, 1), 4, 8), r"scale: expected \(2, groups\), groups a divisor of 8, got \(3, 1\)"),
    (lambda: pack(C8, torch.ones(2, 2), 4, 8), "groups: expected a multiple of 8 inputs each with 4 bits, got 4"),
    (lambda: pack(C8, ONE * math.nan, 4, 8), "scale: expected finite numbers, got 2 that are NaN or infinite"),
    (lambda: pack(C8, ONE, 4, 0, ONE * math.inf), r"low: expected \(2, 1\) finite numbers, and middle 0, got \(2, 1\)"),
    (lambda: pack(C8, ONE, 4, 8, ONE), r"low: expected \(2, 1\) finite numbers, and middle 0, got \(2, 1\)"),
    (
        lambda: pack_ternary(C8, 1.0),
        r"codes: expected int8 \(outputs, inputs\) of -1, 0 and 1, got torch.uint8 \(2, 8\)",
    ),
    (
        lambda: pack_ternary(C8.char() - 2, 1.0),
        r"codes: expected int8 \(outputs, inputs\) of -1, 0 and 1, got torch.int8",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
