"""Linear layers of few bits: each rung against the sum in float64, at awkward sizes and at the edge of overflow."""

import math
import os
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.activations import quantize_activations
from coursekit.quant.formats import quantize, ternarize
from coursekit.quant.linear import backend, pack, pack_ternary, portable_cpu, reference, vector_cpu
from coursekit.quant.linear.checks import longest_group

RUNGS = {"reference": reference, "portable": portable_cpu}
if vector_cpu.unsupported() is None:
    RUNGS["vector"] = vector_cpu
if os.environ.get("TRITON_INTERPRET") == "1":
    from coursekit.quant.linear import triton_gpu

    RUNGS["triton"] = triton_gpu
RUNGS = {name: module.linear for name, module in RUNGS.items()}
every_rung = pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def packed(O, C, bits, group=None, lows=False, seed=0):
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(1 << bits, (O, C), generator=generator).to(torch.uint8)
    scale = torch.rand(O, C // (group or C), generator=generator) + 0.01
    low = torch.randn(scale.shape, generator=generator) if lows else None
    return pack(codes, scale, bits, 0 if lows else 1 << (bits - 1), low)


def close(y, x, weight):
    """Is y the sum of `reference`, which is in float64, but for the roundings of float32?

    Whole sums are exact; then each is turned into float32, multiplied by two scales and added: 2 G + 4 roundings of at
    most eps / 2 of the sum of all sizes.
    """
    k, t = quantize_activations(x.reshape(-1, weight.inputs), weight.groups)
    q = weight.codes().unflatten(1, (weight.groups, -1)).double() - weight.middle
    sizes = (k[:, None].double() * q).sum(-1).abs() * weight.by_group(weight.scales).abs()
    if weight.lows is not None:
        sizes += k.sum(-1)[:, None].abs() * weight.by_group(weight.lows).abs()
    bound = (sizes * t[:, None]).sum(-1) * (weight.groups + 2) * torch.finfo(torch.float32).eps
    error = (y.double().view(bound.shape) - reference.linear(x.double(), weight).view(bound.shape)).abs()
    return bool((error <= bound).all())


@every_rung
def test_by_hand(rung):
    # rounded inputs: the largest is 2.54, a step 0.02: 127, -50, 0.5 of a step -> 0 (to even), 1.5 -> 2
    x = torch.tensor([[2.54, -1.0, 0.01, 0.03]])
    # trits: 127 + 50 = 177 steps; -127 + 0 + 2 = -125; half a unit a trit: 177 0.02 0.5 = 1.77; -1.25
    trits = torch.tensor([[1, -1, 0, 0], [-1, 0, 1, 1]], dtype=torch.int8)
    torch.testing.assert_close(rung(x, pack_ternary(trits, 0.5)), torch.tensor([[1.77, -1.25]]), rtol=1e-6, atol=0)
    # with d = 3, m = 1: q = 15, 0, 15, 1: 3 (127 15 + 2) + (127 - 50 + 2) = 5800 steps
    q = torch.tensor([[15, 0, 15, 1]], dtype=torch.uint8)
    weight = pack(q, torch.tensor([[3.0]]), 4, 0, torch.tensor([[1.0]]))
    torch.testing.assert_close(rung(x, weight), torch.tensor([[116.0]]), rtol=1e-6, atol=0)
    bias = torch.tensor([-16.0])
    torch.testing.assert_close(rung(x[0], weight, bias), torch.tensor([100.0]), rtol=1e-6, atol=0)


@pytest.mark.parametrize("bits", [2, 4, 8])
@every_rung
def test_rungs_are_equal_at_awkward_sizes(rung, bits):
    slow = "triton" in rung.__module__  # in the interpreter
    for C in (1, 65, 129) if slow else (1, 15, 16, 63, 64, 65, 129):
        for O in (1, 17) if slow else (1, 15, 17, 33):
            for tokens in (1, 3) if slow else (1, 3, 4, 9):
                weight, x = packed(O, C, bits, seed=C), normal(tokens, C, seed=O)
                y = rung(x, weight)
                assert (y.shape, y.dtype) == ((tokens, O), torch.float32)
                assert close(y, x, weight)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    rung=st.sampled_from(sorted(set(RUNGS) - {"reference"})),
    bits=st.sampled_from([2, 4, 8]),
    tokens=st.lists(st.integers(0, 5), max_size=2),
    O=st.integers(1, 40),
    groups=st.integers(1, 5),
    units=st.integers(1, 6),
    lows=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_shape_and_groups(rung, bits, tokens, O, groups, units, lows, seed):
    C = groups * units * (32 // bits)
    weight, x = packed(O, C, bits, C // groups, lows, seed), normal(*tokens, C, seed=seed)
    y = RUNGS[rung](x, weight)
    assert y.shape == (*tokens, O)
    assert close(y, x, weight)


@pytest.mark.parametrize("bits", [2, 4, 8])
@every_rung
def test_no_sum_overflows_up_to_the_longest_group(rung, bits, monkeypatch):
    # whole weights at one end, inputs all the largest: the sum is g 127 (2^(bits-1)), as large as one can be
    middle = 1 << (bits - 1)
    g = longest_group(bits, middle) if bits == 8 else 1 << 18
    monkeypatch.setattr(sys.modules[rung.__module__], "ROWS", 2048, raising=False)  # few steps for the interpreter
    for code in (0, (1 << bits) - 1):
        codes = torch.full((1, g), code, dtype=torch.uint8)
        weight = pack(codes, torch.ones(1, 1), bits, middle)
        for sign in (1, -1):
            y = rung(torch.full((1, g), 127.0 * sign), weight)
            torch.testing.assert_close(y, torch.tensor([[127.0 * sign * g * (code - middle)]]), rtol=2**-22, atol=0)


def test_the_bound_is_the_edge():
    for bits, middle in ((8, 128), (8, 0), (4, 8), (2, 1)):
        g = longest_group(bits, middle)
        worst = 127 * max(middle, (1 << bits) - 1 - middle)
        assert g * worst < 2**31 <= (g + 1) * worst
    codes = torch.zeros(1, longest_group(8, 0) + 1, dtype=torch.uint8)
    with pytest.raises(
        ValueError, match=r"^groups: expected at most 66311 inputs, a sum of more could overflow, got 66312"
    ):
        pack(codes, torch.ones(1, 1), 8, 0)


@every_rung
def test_what_is_not_a_number_says_so_and_only_where_it_is(rung):
    weight, x = packed(5, 64, 4, 32), normal(5, 64)
    x[1, 40], x[3, 2] = math.nan, -math.inf
    y = rung(x, weight)
    assert y.isnan().all(1).tolist() == [False, True, False, True, False]
    assert close(y[[0, 2, 4]], x[[0, 2, 4]], weight)


@every_rung
def test_zeros_and_sizes_near_the_ends_of_float32(rung):
    weight = packed(3, 32, 4, lows=True)
    assert rung(torch.zeros(5, 32), weight).abs().max() == 0
    for size in (1e-45, 1e-37, 2.0**-119, 1e30):
        x = normal(2, 32) * size
        y = rung(x, weight)
        assert close(y, x, weight)
        assert y.isfinite().all()
        assert (y != 0).any() == (size > 1e-36)


@every_rung
def test_types_and_layouts(rung):
    weight, x = packed(4, 48, 8), normal(3, 48)
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        y = rung(x.to(dtype), weight)
        assert y.dtype == dtype
        assert y.equal(reference.linear(x.to(dtype), weight)) or dtype == torch.float64
    assert rung(x.T.contiguous().T, weight).equal(rung(x, weight))
    assert not rung(torch.nn.Parameter(x, requires_grad=False), weight).requires_grad


@every_rung
def test_rounded_weights_come_near_the_layer_that_they_were(rung):
    # an identity: with 8 bits of both, each product is off by at most half a step of either
    w, x = normal(20, 64), normal(6, 64, seed=1)
    for group in ("channel", 32):
        a = quantize(w, 8, group)
        y = rung(x, pack(a.codes, a.scale, 8, 128))
        steps = x.abs().amax(-1, True) / 254 * w.abs().sum(-1) + x.abs().sum(-1, True) * (w.abs().amax(-1) / 254)
        assert ((y - x @ w.T).abs() <= steps * 1.01).all()
    trits, gamma = ternarize(w)
    y = rung(x, pack_ternary(trits, gamma))
    exact = x @ (gamma * trits.float()).T
    assert ((y - exact).abs() <= x.abs().amax(-1, True) / 254 * gamma * trits.abs().sum(-1) * 1.01).all()


def test_two_threads_give_the_same(monkeypatch):
    monkeypatch.setattr(portable_cpu, "_WORTH_SHARING", 0)
    weight, x = packed(70, 64, 4, 32), normal(5, 64)
    expected = portable_cpu.linear(x, weight)
    threads = torch.get_num_threads()
    try:
        for count in (2, 3, 8):
            torch.set_num_threads(count)
            assert portable_cpu.linear(x, weight).equal(expected)
    finally:
        torch.set_num_threads(threads)


GOOD = packed(3, 8, 8)
BAD = [
    (torch.ones(2, 7), None, r"x: expected floating point \(\.\.\., 8\), got torch.float32 \(2, 7\)"),
    (torch.ones(8, dtype=torch.int8), None, r"x: expected floating point \(\.\.\., 8\), got torch.int8 \(8,\)"),
    (torch.tensor(1.0), None, r"x: expected floating point \(\.\.\., 8\), got torch.float32 \(\)"),
    (torch.ones(2, 8), torch.ones(2), r"bias: expected \(3,\), the outputs of weight, got shape \(2,\)"),
    (torch.ones(8, requires_grad=True), None, "x: expected no gradient to be wanted"),
]


@pytest.mark.parametrize(("x", "bias", "message"), BAD)
@every_rung
def test_bad_input(rung, x, bias, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rung(x, GOOD, bias)


def test_the_names_ask_for_their_bits_and_give_what_the_rungs_give():
    x = torch.ones(1, 64)
    for name, bits in (("ternary_linear", 2), ("int4_linear", 4), ("int8_linear", 8)):
        call, weight = getattr(backend, name), packed(3, 64, bits)
        assert call(x, weight).equal(portable_cpu.linear(x, weight))
        with pytest.raises(ValueError, match=f"^weight: expected {bits} bits, got {8 if bits < 8 else 4}"):
            call(x, packed(3, 64, 8 if bits < 8 else 4))


def test_which_rung_and_why(monkeypatch):
    backend._choose.cache_clear()
    if vector_cpu.unsupported() is None:
        expected = "vector_cpu: one compiled loop with the machine's sums of products of bytes"
        assert backend.explain_backend(torch.ones(1), GOOD) == expected
    backend._choose.cache_clear()
    monkeypatch.setattr(vector_cpu, "machine_width", lambda: 0)
    expected = "portable_cpu: one compiled loop for any machine (vector_cpu: expected a machine with AVX-512 VNNI or"
    assert backend.explain_backend(torch.ones(1), GOOD).startswith(expected)
    with pytest.raises(
        ValueError, match=r"^vector_cpu: expected a machine with .*; coursekit.quant.linear.portable_cpu t"
    ):
        vector_cpu.linear(torch.ones(8), GOOD)
    backend._choose.cache_clear()
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    assert backend.explain_backend(torch.ones(1), GOOD).startswith("reference: numba is not installed")
    assert backend.explain_backend(torch.ones(1, device="meta"), GOOD).startswith("reference: numba is not installed")
    backend._choose.cache_clear()
    with pytest.raises(ValueError, match="^expected tensors of the CPU, got meta and cpu"):
        portable_cpu.linear(torch.ones(8, device="meta"), GOOD)


@pytest.mark.slow
@pytest.mark.parametrize("features", ["", "+avx2,+f16c,+fma,+avxvnni"])
@pytest.mark.skipif(sys.platform != "linux", reason="the machine is described to numba as on Linux")
def test_the_portable_rung_on_a_machine_without_any_of_it(another_pytest_passes, tmp_path, features):
    """numba compiles for another processor: without wide registers, half precision, or sums of products of bytes."""
    if "avxvnni" in features and not _has("avx_vnni"):
        pytest.skip("this machine cannot run the instruction for registers of 256 bits")
    another_pytest_passes(
        __file__,
        "-m",
        "not slow",
        "-k",
        "portable or vector or shape",
        NUMBA_CPU_NAME="generic",
        NUMBA_CPU_FEATURES=features,
        NUMBA_CACHE_DIR=str(tmp_path),
    )


def _has(flag):
    with open("/proc/cpuinfo") as file:
        return flag in file.read().split()
