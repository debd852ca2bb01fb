"""Every rung of the scan against the reference, and the reference against numbers worked by hand.

The Triton rung takes part where TRITON_INTERPRET=1: `test_triton_gpu.py` runs this file in such a process.
"""

import os
from importlib import import_module
from math import exp, log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.scan import associative, backend, fused_cpu, reference

RUNGS = {"associative": associative, "fused_cpu": fused_cpu, "backend": backend}
if os.environ.get("TRITON_INTERPRET") == "1":
    RUNGS["triton_gpu"] = import_module("coursekit.ssm.scan.triton_gpu")
ALL = {"reference": reference} | RUNGS

# float64: a state sums at most 130 fading terms of order 1 and y sums N of them; 130 * 1e-16 * scale < 1e-12
TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def inputs(L, B=2, D=6, N=3, G=None, seed=0, dtype=torch.float64):
    """u, delta, A, B, C, D, z, delta_bias; steps of e^-3 to e^0 or so, decays from 1 to N."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    shared = (B, N, L) if G is None else (B, G, N, L)
    A = -(1 + torch.rand(D, N, generator=generator, dtype=torch.float64).to(dtype)) * torch.arange(1, N + 1)
    tensors = (
        normal(B, D, L), normal(B, D, L) - 1, A.to(dtype), normal(*shared), normal(*shared),
        normal(D), normal(B, D, L), normal(D),
    )  # fmt: skip
    return [x.requires_grad_() for x in tensors]


def with_gradients(rung, tensors, softplus=True):
    """Output, last state, and the gradients of all tensors that are not None."""
    out, last = rung.selective_scan(*tensors, delta_softplus=softplus, return_last_state=True)
    generator = torch.Generator().manual_seed(9)
    upstream = [torch.randn(x.shape, generator=generator, dtype=torch.float64).to(x.dtype) for x in (out, last)]
    tensors = [x for x in tensors if x is not None]
    # with one step there is nothing to decay: A may be out of the graph, and its gradient is zero
    return [out, last, *torch.autograd.grad([out, last], tensors, upstream, materialize_grads=True)]


def assert_equal_with_gradients(rung, tensors, softplus=True):
    expected, result = with_gradients(reference, tensors, softplus), with_gradients(rung, tensors, softplus)
    for ours, correct in zip(result, expected):
        torch.testing.assert_close(ours, correct, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_two_steps_by_hand(rung):
    # A = -1 and steps of ln 2, so the state halves: exp(-ln 2) = 1/2. u = (1, 3), B = (2, 1)/ln 2, C = (1, 10).
    # h_1 = 0 + ln 2 * 2/ln 2 * 1 = 2;  h_2 = 2/2 + ln 2 * 1/ln 2 * 3 = 4.  y = (1 * 2, 10 * 4) = (2, 40)
    u, delta = torch.tensor([[[1.0, 3]]], dtype=torch.float64), torch.full((1, 1, 2), log(2), dtype=torch.float64)
    A = torch.tensor([[-1.0]], dtype=torch.float64)
    B, C = (torch.tensor([[x]], dtype=torch.float64) for x in ((2 / log(2), 1 / log(2)), (1, 10)))
    out, last = rung.selective_scan(u, delta, A, B, C, return_last_state=True)
    assert out[0, 0].tolist() == pytest.approx([2, 40], abs=1e-12)
    assert last[0, 0].tolist() == pytest.approx([4], abs=1e-12)
    # D = 5 adds (5, 15): (7, 55). silu(0) = 0 closes the gate; silu(ln 3) = ln 3 * 3/4
    D = torch.tensor([5], dtype=torch.float64)
    assert rung.selective_scan(u, delta, A, B, C, D)[0, 0].tolist() == pytest.approx([7, 55], abs=1e-12)
    z = torch.tensor([[[0, log(3)]]], dtype=torch.float64)
    out = rung.selective_scan(u, delta, A, B, C, D, z)
    assert out[0, 0].tolist() == pytest.approx([0, 55 * log(3) * 0.75], abs=1e-12)
    # softplus(x + bias) = ln(1 + e^0) = ln 2 for x + bias = 0: the same steps
    bias = torch.tensor([0.5], dtype=torch.float64)
    shifted = rung.selective_scan(u, torch.full_like(u, -0.5), A, B, C, D, z, bias, True)
    torch.testing.assert_close(shifted, out, **TOLERANCE)


# 1, 63, 64, 65: around the tile of the compiled loop; 130: more than two tiles
@pytest.mark.parametrize("L", [1, 2, 3, 63, 64, 65, 130])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_equals_the_reference_with_gradients(rung, L):
    assert_equal_with_gradients(rung, inputs(L))


@pytest.mark.parametrize("softplus", [False, True])
@pytest.mark.parametrize("missing", [(5,), (6,), (7,), (5, 6, 7)], ids=["D", "z", "delta_bias", "all three"])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_optional_arguments(rung, missing, softplus):
    tensors = [None if i in missing else x for i, x in enumerate(inputs(9))]
    if not softplus:
        tensors[1] = tensors[1].detach().abs().requires_grad_()
    assert_equal_with_gradients(rung, tensors, softplus)


@pytest.mark.parametrize("G", [1, 2, 6])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_groups(rung, G):
    assert_equal_with_gradients(rung, inputs(7, G=G))


def test_a_group_by_hand():
    # channels 0, 1 read group 0 and channels 2, 3 group 1: as two scans of two channels each
    u, delta, A, B, C, *_ = inputs(5, D=4, G=2)
    whole = reference.selective_scan(u, delta.abs(), A, B, C)
    halves = [
        reference.selective_scan(u[:, d], delta[:, d].abs(), A[d], B[:, g], C[:, g])
        for g, d in enumerate((slice(0, 2), slice(2, 4)))
    ]
    torch.testing.assert_close(whole, torch.cat(halves, dim=1), **TOLERANCE)


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_as_many_states_as_allowed(rung):
    assert_equal_with_gradients(rung, inputs(3, B=1, D=2, N=256))


@given(
    st.integers(1, 3), st.integers(1, 9), st.integers(1, 80), st.integers(1, 5), st.integers(1, 3), st.integers(0, 999)
)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_any_shape(B, width, L, N, G, seed):
    for rung in (associative, fused_cpu):
        assert_equal_with_gradients(rung, inputs(L, B, width * G, N, G, seed))


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_any_layout_of_memory(rung):
    tensors = inputs(17)
    strided = [x.detach().mT.contiguous().mT.requires_grad_() if x.dim() > 1 else x for x in tensors]
    assert not strided[0].is_contiguous()
    for ours, correct in zip(with_gradients(rung, strided), with_gradients(rung, tensors)):
        torch.testing.assert_close(ours, correct, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_causality_later_inputs_change_nothing(rung):
    tensors = [x.detach() for x in inputs(80)]
    before = rung.selective_scan(*tensors, True)
    for i in (0, 1, 3, 4, 6):
        tensors[i][..., 70:] = 0.5
    after = rung.selective_scan(*tensors, True)
    assert torch.equal(before[..., :70], after[..., :70])
    assert not torch.allclose(before[..., 70:], after[..., 70:])


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_a_step_of_zero_copies_the_state_and_a_long_one_forgets(rung):
    # selection: Delta = 0 keeps h as it is, Delta -> infinity leaves only the input. N = 1, A = -1, C = 1.
    one = torch.ones(1, 1, 3, dtype=torch.float64)
    delta = torch.tensor([[[1.0, 0, 60]]], dtype=torch.float64)
    out = rung.selective_scan(one, delta, -one[:, 0, :1], one, one)[0, 0].tolist()
    assert out[0] == out[1] == 1
    assert out[2] == pytest.approx(60 + exp(-60), abs=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_no_worse_than_the_reference_in_the_same_dtype(rung, dtype):
    tensors = inputs(70, B=1, D=130, N=2, dtype=dtype)  # more than one tile and block of channels
    exact = with_gradients(reference, [x.detach().double().requires_grad_() for x in tensors])
    plain, result = with_gradients(reference, tensors), with_gradients(rung, tensors)
    for ours, theirs, correct in zip(result, plain, exact):
        assert ours.dtype == theirs.dtype
        # the rule of flash-attention's tests; exp2 by a polynomial may be off by 2e-7, twice float32's rounding,
        # in each of the steps that a state remembers (about 4)
        floor = 8 * torch.finfo(dtype).eps * correct.abs().max()
        assert (ours - correct).abs().max() <= 2 * (theirs - correct).abs().max() + floor


def test_float32_parameters_beside_half_precision_activations():
    tensors = inputs(9, dtype=torch.bfloat16)
    for i in (2, 5, 7):  # A, D, delta_bias, as in a published block
        tensors[i] = tensors[i].detach().float().requires_grad_()
    for rung in ALL.values():
        out, last, *gradients = with_gradients(rung, tensors)
        assert (out.dtype, last.dtype) == (torch.bfloat16, torch.float32)
        assert [g.dtype for g in gradients] == [x.dtype for x in tensors]


ok = dict(zip(("u", "delta", "A", "B", "C", "D", "z", "delta_bias"), (x.detach() for x in inputs(5, D=4))))
WRONG = {
    "rank": ({"u": ok["u"][0]}, r"u: expected 3 dimensions .* got \(4, 5\)"),
    "empty": ({"u": ok["u"][..., :0]}, r"u: .* all >= 1, got \(2, 4, 0\)"),
    "integers": ({"u": ok["u"].long()}, "u: expected a floating-point dtype, got torch.int64"),
    "delta": ({"delta": ok["delta"][..., :4]}, r"delta: expected u's shape, \(2, 4, 5\), got \(2, 4, 4\)"),
    "A rank": ({"A": ok["A"][0]}, r"A: expected .* = \(4, 1 to 256\), got \(3,\)"),
    "A channels": ({"A": ok["A"][:3]}, r"A: expected .* got \(3, 3\)"),
    "no states": ({"A": ok["A"][:, :0]}, r"A: expected .* got \(4, 0\)"),
    "too many states": ({"A": torch.zeros(4, 257).double()}, r"A: expected .* got \(4, 257\)"),
    "B": ({"B": ok["B"][:, :2]}, r"B: expected \(batch, states, length\) or .*, \(2, 3, 5\), got \(2, 2, 5\)"),
    "B groups": ({"B": ok["B"][:, None, :2]}, r"B: expected .*, \(2, 1, 3, 5\), got \(2, 1, 2, 5\)"),
    "groups": ({"B": ok["B"][:, None].expand(2, 3, 3, 5)}, "B: expected groups that divide 4 channels, got 3"),
    "no groups": ({"B": ok["B"][:, None][:, :0]}, "B: expected groups that divide 4 channels, got 0"),
    "C": ({"C": ok["C"][..., :4]}, r"C: expected B's shape, \(2, 3, 5\), got \(2, 3, 4\)"),
    "D": ({"D": ok["D"][:3]}, r"D: expected \(channels,\), \(4,\), got \(3,\)"),
    "z": ({"z": ok["z"][:1]}, r"z: expected u's shape, \(2, 4, 5\), got \(1, 4, 5\)"),
    "bias": ({"delta_bias": ok["delta_bias"][:3]}, r"delta_bias: expected .*, \(4,\), got \(3,\)"),
    "NaN step": ({"delta": ok["delta"] * float("nan")}, "delta: expected finite numbers, got 40 that are NaN or inf"),
    "infinite step": ({"delta": ok["delta"] / 0}, "delta: expected finite numbers, got 40"),
    "NaN rate": ({"A": ok["A"] * float("nan")}, "A: expected finite numbers, got 12"),
    "NaN bias": ({"delta_bias": ok["D"] * float("nan")}, "delta_bias: expected finite numbers, got 4"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_bad_input_is_refused(rung, change, message):
    with pytest.raises(ValueError, match=message):
        rung.selective_scan(**(ok | change))


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_every_tensor_has_a_dtype_that_goes_with_the_input(rung):
    for name in ("delta", "B", "C", "z"):
        with pytest.raises(ValueError, match=f"{name}: expected u's dtype torch.float64, got torch.float32"):
            rung.selective_scan(**(ok | {name: ok[name].float()}))
    for name in ("A", "D", "delta_bias"):
        with pytest.raises(ValueError, match=f"{name}: expected u's dtype torch.float64 or float32, got torch.float16"):
            rung.selective_scan(**(ok | {name: ok[name].half()}))


def test_large_finite_steps_are_not_mistaken_for_infinite_ones():
    u = torch.ones(1, 1, 3)
    delta = torch.full_like(u, 3e38)  # their sum overflows
    assert reference.selective_scan(u, delta, torch.full((1, 1), -1.0), u, u).isfinite().all()


def test_the_backend_says_what_it_takes(monkeypatch):
    u = torch.zeros(1, 1, 1)
    assert backend.explain_backend(u) == "fused_cpu: one compiled loop, nothing stored but the output"
    assert backend.explain_backend(u.to("meta")).startswith("associative: few large operations")
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    assert backend.explain_backend(u).startswith("reference: numba is not installed")
