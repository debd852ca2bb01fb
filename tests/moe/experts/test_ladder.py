"""Every rung of the experts against the reference, and the reference against numbers worked by hand.

The Triton rung takes part where TRITON_INTERPRET=1: `test_triton_gpu.py` runs this file in such a process.
"""

import os
from importlib import import_module
from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.moe.experts import backend, dense, grouped, reference, sorted
from coursekit.moe.experts.by_expert import sort_pairs
from coursekit.moe.routing import drop_overflow, route_expert_choice, route_top_k

RUNGS = {"dense": dense, "sorted": sorted, "grouped": grouped, "backend": backend}
if os.environ.get("TRITON_INTERPRET") == "1":
    RUNGS["triton_gpu"] = import_module("coursekit.moe.experts.triton_gpu")
ALL = {"reference": reference} | RUNGS
FLOAT32 = ("grouped", "triton_gpu")  # torch's grouped product and the kernels take no float64


def dtype_of(name):
    return torch.float32 if name in FLOAT32 else torch.float64


def inputs(N, C=8, F=4, E=6, K=2, dtype=torch.float64, seed=0):
    """x, weights, indices, gate_up, down."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    weights, indices = route_top_k(normal(N, E), K)
    tensors = normal(N, C), weights, indices, normal(E, C, 2 * F), normal(E, F, C)
    return [t.requires_grad_() if t.is_floating_point() else t for t in tensors]


def with_gradients(rung, tensors):
    y = rung.apply_experts(*tensors)
    upstream = torch.randn(y.shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64).to(y.dtype)
    wanted = [t for t in tensors if t.is_floating_point()]
    if not y.requires_grad:  # no pair at all
        return [y, *(torch.zeros_like(t) for t in wanted)]
    return [y, *torch.autograd.grad(y, wanted, upstream, materialize_grads=True)]


def assert_equal_with_gradients(name, tensors):
    """The reference in float64, whatever the rung's dtype.

    float64: sums of at most 200 * 12 products of order 10: 1e-16 * 10 * sqrt(2400) < 1e-12. float32: 1e-7 instead.
    """
    doubled = [t.detach().double().requires_grad_() if t.is_floating_point() else t for t in tensors]
    atol = 1e-12 if tensors[0].dtype == torch.float64 else 5e-5
    for ours, correct in zip(with_gradients(ALL[name], tensors), with_gradients(reference, doubled)):
        assert ours.dtype == tensors[0].dtype
        torch.testing.assert_close(ours.double(), correct, rtol=atol, atol=atol)


@pytest.mark.parametrize("name", ALL)
def test_two_tokens_by_hand(name):
    # one number of width 4 is used; SiLU(ln 3) = ln 3 * 3/4. Expert 0: gate ln 3 x, up 4 / ln 3 x, down 1: at x = 1 it
    # gives 3. Expert 1: up 8 / ln 3: 6. Token 0 (x = 1): 1/3 * 3 + 2/3 * 6 = 5. Token 1 (x = 1): expert 1 and nobody:
    # 0.5 * 6 = 3; x = 0 gives 0
    x, gate_up, down = (torch.zeros(shape, dtype=dtype_of(name)) for shape in ((3, 4), (2, 4, 8), (2, 4, 4)))
    x[:2, 0], down[:, 0, 0], gate_up[:, 0, 0] = 1, 1, log(3)
    gate_up[:, 0, 4] = torch.tensor([4, 8]) / log(3)
    weights = torch.tensor([[1 / 3, 2 / 3], [0.5, 9.0], [0.5, 0.5]], dtype=x.dtype)
    y = ALL[name].apply_experts(x, weights, torch.tensor([[0, 1], [1, -1], [1, 0]]), gate_up, down)
    assert y[:, 0].tolist() == pytest.approx([5, 3, 0], abs=1e-6)
    assert y[:, 1:].abs().max() == 0


@pytest.mark.parametrize("N", [1, 2, 63, 64, 65])
@pytest.mark.parametrize("name", RUNGS)
def test_equals_the_reference_with_gradients(name, N):
    assert_equal_with_gradients(name, inputs(N, dtype=dtype_of(name)))


@pytest.mark.parametrize("expert", [0, 3, 5])
@pytest.mark.parametrize("name", RUNGS)
def test_all_tokens_to_one_expert(name, expert):
    x, weights, indices, *experts = inputs(65, K=1, dtype=dtype_of(name))
    tensors = x, weights, torch.full_like(indices, expert), *experts
    assert_equal_with_gradients(name, tensors)
    gradient = with_gradients(RUNGS[name], tensors)[-1]
    assert (gradient.flatten(1) != 0).any(-1).tolist() == [i == expert for i in range(6)]


def test_the_backend_with_many_experts():
    doubled = inputs(65, E=40, K=4)
    tensors = [t.detach().float().requires_grad_() if t.is_floating_point() else t for t in doubled]
    assert backend.explain_backend(tensors[0], tensors[3]).startswith("grouped")
    assert_equal_with_gradients("backend", tensors)


@pytest.mark.parametrize("K", [1, 3, 12])
@pytest.mark.parametrize("name", RUNGS)
def test_more_experts_than_tokens_have(name, K):
    assert_equal_with_gradients(name, inputs(5, E=12, K=K, dtype=dtype_of(name)))


@pytest.mark.parametrize("name", RUNGS)
def test_dropped_pairs_tokens_without_anybody_and_no_pair_at_all(name):
    x, _, indices, *experts = inputs(33, dtype=dtype_of(name))
    weights = torch.rand(33, 2, generator=torch.Generator().manual_seed(1)).to(x.dtype)
    for capacity in (1, 4):
        left, who = drop_overflow(weights, indices, 6, capacity)
        assert (who < 0).all(-1).any()
        assert_equal_with_gradients(name, (x, left.detach().requires_grad_(), who, *experts))
    nobody = torch.full_like(indices, -1)
    assert ALL[name].apply_experts(x, weights, nobody, *experts).abs().max() == 0
    # the weight of nobody counts nothing, whatever it is
    some = indices.clone()
    some[:, 1] = -1
    assert_equal_with_gradients(name, (x, weights.requires_grad_(), some, *experts))


@pytest.mark.parametrize("name", RUNGS)
def test_experts_that_chose_their_tokens(name):
    x, _, _, *experts = inputs(24, dtype=dtype_of(name))
    logits = torch.randn(24, 6, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    weights, indices = route_expert_choice(logits, 8)
    assert_equal_with_gradients(name, (x, weights.to(x.dtype).requires_grad_(), indices, *experts))


@pytest.mark.parametrize("name", ALL)
def test_no_token(name):
    x, weights, indices, gate_up, down = (t.detach() for t in inputs(3, dtype=dtype_of(name)))
    assert ALL[name].apply_experts(x[:0], weights[:0], indices[:0], gate_up, down).shape == (0, 8)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    N=st.integers(1, 20), C=st.integers(1, 9), F=st.integers(1, 9), E=st.integers(1, 7), data=st.data(),
    seed=st.integers(0, 99),
)  # fmt: skip
@pytest.mark.parametrize("name", RUNGS)
def test_any_sizes(name, N, C, F, E, data, seed):
    # torch's grouped product asks for rows of a multiple of 16 bytes
    C, F = (4 * C, 4 * F) if name == "grouped" else (C, F)
    K = data.draw(st.integers(1, E))
    assert_equal_with_gradients(name, inputs(N, C, F, E, K, dtype_of(name), seed))


@pytest.mark.parametrize("name", ALL)
def test_equal_experts_are_one_feed_forward(name):
    # weights that sum to 1 over copies of the same expert: that expert
    x, weights, indices, gate_up, down = inputs(17, dtype=dtype_of(name))
    gate_up, down = gate_up[:1].expand(6, -1, -1), down[:1].expand(6, -1, -1)
    gate, up = (x @ gate_up[0]).chunk(2, dim=-1)
    expected = (torch.nn.functional.silu(gate) * up) @ down[0]
    torch.testing.assert_close(ALL[name].apply_experts(x, weights, indices, gate_up, down), expected)


def test_pairs_are_sorted_by_expert_and_then_by_token():
    order, counts = sort_pairs(torch.tensor([[2, 0], [-1, 2], [0, 2]]), 4)
    assert order.tolist() == [1, 4, 0, 3, 5]
    assert counts == [2, 0, 3, 0]


@pytest.mark.parametrize("name", ALL)
def test_bad_input_is_refused(name):
    x, weights, indices, gate_up, down = (t.detach() for t in inputs(3, dtype=dtype_of(name)))
    good = {"x": x, "weights": weights, "indices": indices, "gate_up": gate_up, "down": down}
    wrong = {
        r"x: expected floating point \(tokens, width\), got .* \(1, 3, 8\)": {"x": x[None]},
        r"gate_up: expected \(experts, 8, 2 F\), got \(6, 4, 8\)": {"gate_up": gate_up[:, :4]},
        r"gate_up: expected \(experts, 8, 2 F\), got \(6, 8, 7\)": {"gate_up": gate_up[..., :7]},
        r"gate_up: expected \(experts, 8, 2 F\), got \(0, 8, 8\)": {"gate_up": gate_up[:0]},
        r"down: expected \(6, 4, 8\), got \(5, 4, 8\)": {"down": down[:5]},
        r"indices: expected int64 \(3, K\), got torch.int32 \(3, 2\)": {"indices": indices.int()},
        r"indices: expected int64 \(3, K\), got torch.int64 \(2, 2\)": {"indices": indices[:2]},
        r"weights: expected \(3, 2\) as indices, got \(3, 1\)": {"weights": weights[:, :1]},
        r"indices: expected from -1 to 5, got 6 \.\. 6": {"indices": torch.full_like(indices, 6)},
        r"indices: expected from -1 to 5, got -2 \.\. -2": {"indices": torch.full_like(indices, -2)},
        r"expected experts in the dtype of x, torch.float\d\d, got torch.bfloat16": {"gate_up": gate_up.bfloat16()},
    }
    for message, change in wrong.items():
        with pytest.raises(ValueError, match=message):
            ALL[name].apply_experts(**good | change)


def test_what_torch_cannot_group_is_refused_and_the_choice_is_said(monkeypatch):
    x, gate_up = torch.zeros(2, 4, dtype=torch.float64), torch.zeros(3, 4, 8)
    assert backend.explain_backend(x, gate_up) == "sorted: one product an expert keeps its rows in the cache"
    many = torch.zeros(32, 4, 8)
    assert backend.explain_backend(x.float(), many) == "grouped: one call for 32 experts, many and small"
    for other in ((x, many), (x.float(), many[1:]), (x.float(), many[..., :6])):
        assert backend.explain_backend(*other).startswith("sorted: ")
    with torch.autocast("cpu", torch.bfloat16):
        assert backend.explain_backend(x, gate_up) == "sorted: its products follow autocast"
    with pytest.raises(ValueError, match=r"grouped: expected float32, .* got torch.float64; .*sorted takes"):
        grouped.apply_experts(*inputs(3))
    problem = grouped.unsupported(x.float(), torch.zeros(3, 5, 8))
    assert problem == "expected widths of whole 16 bytes, got 5 and 4 numbers of 4 bytes"
    monkeypatch.delattr(torch.nn.functional, "grouped_mm")
    assert grouped.unsupported(x.float(), gate_up).startswith(
        "expected torch.nn.functional.grouped_mm (torch 2.10 or newer)"
    )
