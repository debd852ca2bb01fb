"""The packed cache: where a number lies, how far it moves, how many bytes it takes, and what it refuses."""

import math

import pytest
import torch

from coursekit.quant.cache_attention import PackedCache


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_bytes_by_hand():
    cache = PackedCache(1, 1, 32, 32, 4)
    keys, values = torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    # token 17: numbers from 0 to 15, so that d = 1 and m = 0
    keys[0, 0, 17, 13], values[0, 0, 17, 20] = 15, 15
    cache.append(keys, values)
    # key: tile 1, channel 13 = 8 1 + 4 1 + 1: row 1, upper half, byte (17 % 16, 1)
    assert cache.keys.nonzero().tolist() == [[0, 0, 1, 1, 1, 1]]
    assert cache.keys[0, 0, 1, 1, 1, 1] == 15 << 4
    # value: token 17 = 8 2 + 4 0 + 1: step 2, lower half; channel 20: row 1, byte (4, 1)
    assert cache.values.nonzero().tolist() == [[0, 0, 2, 1, 4, 1]]
    assert cache.values[0, 0, 2, 1, 4, 1] == 15


@pytest.mark.parametrize("bits", [4, 8])
def test_no_number_moves_by_more_than_its_step(bits):
    cache, keys, values = PackedCache(2, 3, 64, 40, bits), normal(2, 3, 37, 64), normal(2, 3, 37, 64, seed=1)
    cache.append(keys, values)
    for given, back in zip((keys, values), cache.unpacked()):
        spread = given.amax(-1, True) - given.amin(-1, True)
        # half a step; d and m in half precision: 2^-11 of the spread and of m
        assert (
            (given - back).abs() <= spread / ((1 << bits) - 1) / 2 + (spread + given.abs().amax(-1, True)) * 2**-11
        ).all()


def test_bytes_that_it_takes():
    # 16 tokens, 2 heads, 64 channels: keys and values, and four halves a token and head
    for bits in (4, 8):
        cache = PackedCache(1, 2, 64, 16, bits)
        assert sum(t.nbytes for t in cache.tensors()) == 2 * 16 * 2 * 64 * bits // 8 + 4 * 2 * 16 * 2


def test_equal_numbers_are_kept_exactly():
    cache = PackedCache(1, 1, 32, 4, 4)
    cache.append(torch.full((1, 1, 2, 32), 0.5), torch.zeros(1, 1, 2, 32))
    assert cache.unpacked()[0].eq(0.5).all()
    assert cache.unpacked()[1].eq(0).all()


X = torch.ones(1, 2, 3, 32)
BAD = [
    (
        lambda cache: PackedCache(1, 1, 32, 4, 3),
        "expected 4 or 8 bits, a width of whole 32, and sizes of at least 1, got 3 bits",
    ),
    (lambda cache: PackedCache(1, 1, 48, 4, 4), "expected 4 or 8 bits, a width of whole 32, .* got 4 bits, width 48"),
    (lambda cache: PackedCache(1, 1, 32, 0, 4), "expected 4 or 8 bits, .* capacity 0"),
    (
        lambda cache: cache.append(X[:, :1], X),
        r"expected keys and values \(1, 2, tokens, 32\), got \(1, 1, 3, 32\) and",
    ),
    (lambda cache: cache.append(X, X[:, :, :1]), r"expected keys and values \(1, 2, tokens, 32\), got"),
    (
        lambda cache: cache.append(X.repeat(1, 1, 2, 1), X.repeat(1, 1, 2, 1)),
        "expected at most 4 tokens, got 0 and 6 more",
    ),
    (lambda cache: cache.append(X * math.nan, X), "keys: expected finite numbers, got 192 that are NaN or infinite"),
    (
        lambda cache: cache.append(X, X * 1e5),
        r"values: expected numbers that half precision can hold \(up to 65504\), got",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    cache = PackedCache(1, 2, 32, 4, 8)
    with pytest.raises(ValueError, match=f"^{message}"):
        call(cache)
    assert cache.length == 0
