"""Attention over a cache of few bits: each rung against the sums in float64, and against attention over the numbers."""

import math
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from coursekit.quant.cache_attention import PackedCache, backend, portable_cpu, reference, vector_cpu

RUNGS = {"reference": reference, "portable": portable_cpu}
if vector_cpu.unsupported() is None:
    RUNGS["vector"] = vector_cpu
RUNGS = {name: module.attend for name, module in RUNGS.items()}
every_rung = pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)


def filled(B=1, H=1, T=5, C=32, bits=8, room=0, seed=0, size=1.0):
    generator = torch.Generator().manual_seed(seed)
    cache = PackedCache(B, H, C, T + room, bits)
    keys, values = (torch.randn(B, H, T, C, generator=generator) * size for _ in range(2))
    cache.append(keys, values)
    return cache, keys, values


def queries(*shape, seed=1):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def close(y, query, cache, causal=True):
    """Is y the sum of `reference`, which is in float64, but for what the loops round?

    Shares are rounded by at most 2^-15 of the largest among 16 tokens. The largest shares of the sixteens add up to at
    most 1, and a value's code is at most its range over d': y moves by at most 16 2^-15 = 2^-11 of the widest range,
    which is more than float32's roundings of the scores move it.
    """
    values = cache.unpacked()[1]
    widest = (cache.grids[2, :, :, : cache.length].float() * ((1 << cache.bits) - 1)).max() + values.abs().max() * 2**-9
    error = (y.double() - reference.attend(query.double(), cache, causal)).abs().max()
    return bool(error <= widest * 2**-11)


@every_rung
def test_by_hand(rung):
    # two tokens, of which the query sees only the first: scores log 3 and 0
    cache = PackedCache(1, 1, 32, 2, 8)
    keys = torch.zeros(1, 1, 2, 32)
    keys[0, 0, 0, 0] = math.sqrt(32) * math.log(3)  # e^score = 3 against 1: shares 3/4 and 1/4
    values = torch.zeros(1, 1, 2, 32)
    values[0, 0, 0, :2], values[0, 0, 1, :2] = torch.tensor([4.0, 0.0]), torch.tensor([0.0, -8.0])
    cache.append(keys, values)
    query = torch.zeros(1, 1, 1, 32)
    query[..., 0] = 1
    y = rung(query, cache)[0, 0, 0]
    # 4 3/4 = 3, -8/4 = -2; a key in half precision is off by 2^-11 at most, times 6.2 / sqrt(32)
    torch.testing.assert_close(y[:2], torch.tensor([3.0, -2.0]), rtol=0, atol=4e-3)
    assert y[2:].abs().max() < 4e-3


@pytest.mark.parametrize("bits", [4, 8])
@every_rung
def test_rungs_are_equal_at_awkward_sizes(rung, bits):
    for T in (1, 15, 16, 17, 63, 64, 65):
        for C in (32, 64, 96):
            cache, _, _ = filled(2, 2, T, C, bits, room=T % 3)
            query = queries(2, 4, min(T, 3), C)
            y = rung(query, cache)
            assert (y.shape, y.dtype) == (query.shape, torch.float32)
            assert close(y, query, cache)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rung=st.sampled_from(sorted(set(RUNGS) - {"reference"})),
    bits=st.sampled_from([4, 8]),
    B=st.integers(1, 2),
    H=st.integers(1, 3),
    share=st.integers(1, 3),
    T=st.integers(1, 50),
    L=st.integers(1, 5),
    room=st.integers(0, 20),
    causal=st.booleans(),
    size=st.sampled_from([1e-3, 1.0, 10.0]),
)
def test_any_shape(rung, bits, B, H, share, T, L, room, causal, size):
    cache, _, _ = filled(B, H, T, 32, bits, room, seed=T, size=size)
    query = queries(B, H * share, min(L, T), 32)
    assert close(RUNGS[rung](query, cache, causal), query, cache, causal)


@pytest.mark.parametrize("bits", [4, 8])
@every_rung
def test_a_cache_that_grows_token_by_token_is_the_same(rung, bits):
    cache, keys, values = filled(1, 2, 37, 64, bits)
    grown = PackedCache(1, 2, 64, 50, bits)
    for t in range(37):
        grown.append(keys[:, :, t : t + 1], values[:, :, t : t + 1])
    assert all(a.equal(b) for a, b in zip(grown.unpacked(), cache.unpacked()))
    query = queries(1, 2, 1, 64)
    assert rung(query, grown).equal(rung(query, cache))


@every_rung
def test_it_comes_near_attention_over_the_numbers_themselves(rung):
    cache, keys, values = filled(1, 3, 100, 64, 8)
    query = queries(1, 3, 1, 64)
    y = rung(query, cache)
    # keys are off by 1/510 of about 5, queries by 1/254 of 3: scores by about 8 0.01; measured 0.004, and 16 times that
    # with 4 bits
    expected = F.scaled_dot_product_attention(query, keys, values)
    assert (y - expected).abs().max() < 0.02
    assert (rung(query, filled(1, 3, 100, 64, 4)[0]) - expected).abs().max() < 0.3


@every_rung
def test_causal_queries_are_single_queries_of_shorter_caches(rung):
    long, keys, values = filled(1, 1, 20, 32, 8)
    query = queries(1, 1, 4, 32)
    together = rung(query, long)
    for i in range(4):
        short = PackedCache(1, 1, 32, 20, 8)
        short.append(keys[:, :, : 17 + i], values[:, :, : 17 + i])
        torch.testing.assert_close(rung(query[:, :, i : i + 1], short), together[:, :, i : i + 1], rtol=1e-5, atol=1e-5)


@every_rung
def test_equal_tokens_give_their_value_and_large_scores_do_not_overflow(rung):
    cache = PackedCache(1, 1, 32, 40, 8)
    keys, values = queries(1, 1, 1, 32) * 300, queries(1, 1, 1, 32, seed=2)
    cache.append(keys.expand(1, 1, 33, 32), values.expand(1, 1, 33, 32))
    y = rung(queries(1, 1, 1, 32, seed=3) * 300, cache)
    torch.testing.assert_close(y, cache.unpacked()[1][:, :, :1], rtol=0, atol=3e-4)


@every_rung
def test_a_query_of_zeros_gives_the_mean_of_what_is_there_and_nothing_else(rung):
    cache, _, _ = filled(1, 2, 5, room=60)
    y = rung(torch.zeros(1, 2, 1, 32), cache)
    torch.testing.assert_close(y, cache.unpacked()[1].mean(2, keepdim=True), rtol=0, atol=3e-4)


@every_rung
def test_what_is_not_a_number_says_so_and_only_where_it_is(rung):
    cache, _, _ = filled(1, 2, 20)
    query = queries(1, 2, 1, 32)
    query[0, 1, 0, 3] = math.nan
    y = rung(query, cache)
    assert y.isnan().all(-1).flatten().tolist() == [False, True]
    assert not y[0, 0].isnan().any()


def test_two_threads_give_the_same(monkeypatch):
    monkeypatch.setattr(portable_cpu, "_WORTH_SHARING", 0)
    cache, _, _ = filled(2, 3, 20)
    query = queries(2, 3, 2, 32)
    expected = portable_cpu.attend(query, cache)
    threads = torch.get_num_threads()
    try:
        for count in (2, 5):
            torch.set_num_threads(count)
            assert portable_cpu.attend(query, cache).equal(expected)
    finally:
        torch.set_num_threads(threads)


CACHE, K, V = filled(1, 2, 3)
BAD = [
    (
        queries(1, 2, 32),
        r"query: expected floating point \(1, a multiple of 2, queries, 32\), got torch.float32 \(1, 2, 32\)",
    ),
    (queries(1, 3, 1, 32), r"query: expected floating point \(1, a multiple of 2, queries, 32\), got"),
    (queries(2, 2, 1, 32), r"query: expected floating point \(1, a multiple of 2, queries, 32\), got"),
    (queries(1, 2, 1, 64), r"query: expected floating point \(1, a multiple of 2, queries, 32\), got"),
    (
        queries(1, 2, 1, 32).int(),
        r"query: expected floating point \(1, a multiple of 2, queries, 32\), got torch.int32",
    ),
    (queries(1, 2, 4, 32), r"query: expected from 1 to 3 \(those in the cache\), got 4"),
    (queries(1, 2, 1, 32).requires_grad_(), "query: expected no gradient to be wanted"),
]


@pytest.mark.parametrize(("query", "message"), BAD)
@every_rung
def test_bad_input(rung, query, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rung(query, CACHE)


@every_rung
def test_an_empty_cache_has_nothing_to_say(rung):
    with pytest.raises(ValueError, match="^query: expected from 1 to 0"):
        rung(queries(1, 1, 1, 32), PackedCache(1, 1, 32, 4, 8))


def test_which_rung_and_why(monkeypatch):
    query = queries(1, 2, 1, 32)
    assert backend.attend(query, CACHE).equal(portable_cpu.attend(query, CACHE))
    backend._choose.cache_clear()
    if vector_cpu.unsupported() is None:
        expected = "vector_cpu: one compiled loop with the machine's sums of products of bytes"
        assert backend.explain_backend(query) == expected
    backend._choose.cache_clear()
    monkeypatch.setattr(vector_cpu, "machine_width", lambda: 0)
    expected = "portable_cpu: one compiled loop for any machine (vector_cpu: expected a machine with AVX-512 VNNI or"
    assert backend.explain_backend(query).startswith(expected)
    with pytest.raises(ValueError, match=r"^vector_cpu: expected a machine with .*; .*portable_cpu takes"):
        vector_cpu.attend(query, CACHE)
    backend._choose.cache_clear()
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    assert backend.explain_backend(query).startswith("reference: numba is not installed")
    backend._choose.cache_clear()
    with pytest.raises(ValueError, match="^expected tensors of the CPU, got meta"):
        portable_cpu.attend(query.to("meta"), CACHE)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the machine is described to numba as on Linux")
def test_the_portable_rung_on_a_machine_without_any_of_it(another_pytest_passes, tmp_path):
    """numba compiles for another processor: without wide registers, half precision, or sums of products of bytes."""
    another_pytest_passes(
        __file__,
        "-m",
        "not slow",
        "-k",
        "portable or shape",
        NUMBA_CPU_NAME="generic",
        NUMBA_CPU_FEATURES="",
        NUMBA_CACHE_DIR=str(tmp_path),
    )
