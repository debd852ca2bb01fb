"""Streams of bits: by hand, there and back, and damage."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.formats.bits import pack_bits, unpack_bits


def test_three_bits_cross_from_a_byte_to_the_next_by_hand():
    # 5 = 101, 3 = 011, 6 = 110, 1 = 001; lowest first: 101 110 01|1 100: byte 0 = 1+4+8+16+128 = 157; byte 1 = 1+2 = 3
    codes = torch.tensor([5, 3, 6, 1], dtype=torch.uint8)
    assert pack_bits(codes, 3).tolist() == [157, 3]
    assert pack_bits(torch.tensor([[7, 8]], dtype=torch.uint8), 4).tolist() == [0x87]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(bits=st.integers(1, 8), shape=st.lists(st.integers(0, 7), max_size=3), seed=st.integers(0, 99))
def test_there_and_back_in_as_many_bytes_as_bits_need(bits, shape, seed):
    codes = torch.randint(1 << bits, shape, generator=torch.Generator().manual_seed(seed)).to(torch.uint8)
    packed = pack_bits(codes, bits)
    assert len(packed) == (codes.numel() * bits + 7) // 8
    assert unpack_bits(packed, bits, shape).equal(codes)


BYTES = torch.tensor([157, 3], dtype=torch.uint8)
BAD = [
    (
        lambda: pack_bits(torch.tensor([8], dtype=torch.uint8), 3),
        "codes: expected uint8 from 0 to 7, got torch.uint8 up to 8",
    ),
    (lambda: pack_bits(torch.tensor([1]), 3), "codes: expected uint8 from 0 to 7, got torch.int64 up to 1"),
    (lambda: unpack_bits(BYTES[:1], 3, (4,)), "packed: expected 2 bytes for 4 codes of 3 bits, got torch.uint8"),
    (lambda: unpack_bits(BYTES, 3, (2, 3)), "packed: expected 3 bytes for 6 codes of 3 bits, got torch.uint8"),
    (lambda: unpack_bits(BYTES.short(), 3, (4,)), "packed: expected 2 bytes for 4 codes of 3 bits, got torch.int16"),
    (lambda: unpack_bits(BYTES + 128, 3, (4,)), "packed: expected zeros after the last code, got other bits"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
