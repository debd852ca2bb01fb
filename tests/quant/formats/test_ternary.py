"""Trits: b1.58's rounding by hand, all 243 bytes, and damage."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.formats.bits import pack_bits
from coursekit.quant.formats.ternary import pack_trits, ternarize, unpack_trits


def test_ternarize_by_hand():
    # mean size (4 + 1 + 2 + 1) / 4 = 2: 4 / 2 -> 2 -> 1; 1 / 2 -> 0 (the half to even); -2 / 2 -> -1; -0.9 -> 0
    codes, gamma = ternarize(torch.tensor([[4.0, 1.0], [-2.1, -0.9]]))
    assert codes.tolist() == [[1, 0], [-1, 0]]
    assert gamma == 2
    assert ternarize(torch.zeros(3))[0].tolist() == [0, 0, 0]
    assert ternarize(torch.tensor([1.0, -1.0]), eps=1.0)[0].tolist() == [0, 0]  # 1 / (1 + 1) = 0.5 -> 0


def test_all_bytes():
    every = torch.tensor(list(itertools.product([-1, 0, 1], repeat=5)), dtype=torch.int8).flip(-1)
    # the last trit weighs most: the products count 0, 1, 2 .. 242
    assert pack_trits(every).tolist() == list(range(243))
    assert unpack_trits(pack_trits(every), every.shape).equal(every)
    assert pack_trits(every[-1, :1]).tolist() == [2 + 3 + 9 + 27 + 81]  # what is missing is 0, code 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(0, 9), max_size=3), seed=st.integers(0, 99))
def test_there_and_back(shape, seed):
    codes = torch.randint(-1, 2, shape, generator=torch.Generator().manual_seed(seed)).to(torch.int8)
    packed = pack_trits(codes)
    assert len(packed) == (codes.numel() + 4) // 5
    assert unpack_trits(packed, shape).equal(codes)


def test_bits_of_a_trit():
    codes = torch.randint(-1, 2, (1000,), generator=torch.Generator().manual_seed(0)).to(torch.int8)
    share = torch.bincount(codes.long() + 1) / 1000
    entropy = -(share * share.log2()).sum()
    assert entropy <= math.log2(3) < 8 * len(pack_trits(codes)) / 1000 == 1.6
    assert 8 * len(pack_bits((codes + 1).to(torch.uint8), 2)) / 1000 == 2


BAD = [
    (lambda: pack_trits(torch.tensor([2], dtype=torch.int8)), "codes: expected int8 -1, 0 or 1, got torch.int8"),
    (lambda: pack_trits(torch.tensor([1])), "codes: expected int8 -1, 0 or 1, got torch.int64"),
    (
        lambda: unpack_trits(torch.tensor([243], dtype=torch.uint8), (5,)),
        "packed: expected bytes up to 242, five trits",
    ),
    (
        lambda: unpack_trits(torch.tensor([1], dtype=torch.uint8), (6,)),
        "packed: expected 2 bytes for 6 trits, got torch.u",
    ),
    (lambda: unpack_trits(torch.tensor([1, 1]), (6,)), "packed: expected 2 bytes for 6 trits, got torch.int64"),
    (lambda: ternarize(torch.tensor([math.nan])), "weight: expected finite numbers, got 1 that are NaN or infinite"),
    (lambda: ternarize(torch.ones(0, 2)), r"weight: expected at least one number, got shape \(0, 2\)"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
