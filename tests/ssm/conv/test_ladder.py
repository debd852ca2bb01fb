"""The short convolution: tap by tap, by torch, and step by step."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.conv import grouped, reference

RUNGS = {"reference": reference.causal_conv1d, "torch": grouped.causal_conv1d}

# float64: W products of numbers of order 1, each rounded to 1e-16
TOLERANCE = {"rtol": 0, "atol": 1e-13}


def inputs(B=2, D=3, L=9, W=4, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(s, dtype=dtype, generator=generator).requires_grad_() for s in ((B, D, L), (D, W), (D,))]


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_two_taps_by_hand(rung):
    # taps (1, 10), the last one meets the present: y = 10 x_t + x_{t-1} + bias, with x_{-1} = 0
    x, weight = torch.tensor([[[1.0, 2, 3]]]), torch.tensor([[1.0, 10]])
    assert rung(x, weight).tolist() == [[[10, 21, 32]]]
    assert rung(x, weight, torch.tensor([0.5])).tolist() == [[[10.5, 21.5, 32.5]]]
    # SiLU(ln 3) = ln 3 * 3 / 4, since 1 / (1 + 1/3) = 3/4
    x = torch.tensor([[[3.0]]], dtype=torch.float64).log()
    expected = 0.75 * x
    torch.testing.assert_close(rung(x, torch.ones_like(x[0]), activation="silu"), expected, **TOLERANCE)


@pytest.mark.parametrize("activation", [None, "silu"])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("L", [1, 63, 64, 65])
def test_torch_equals_reference_with_gradients(L, with_bias, activation):
    x, weight, bias = inputs(L=L)
    tensors = (x, weight, bias) if with_bias else (x, weight)
    expected = reference.causal_conv1d(*tensors, activation=activation)
    result = grouped.causal_conv1d(*tensors, activation=activation)
    torch.testing.assert_close(result, expected, **TOLERANCE)
    upstream = inputs(L=L, seed=5)[0].detach()
    wanted = torch.autograd.grad(expected, tensors, upstream)
    for gradient, correct in zip(torch.autograd.grad(result, tensors, upstream), wanted):
        torch.testing.assert_close(gradient, correct, rtol=0, atol=1e-12)  # a weight's gradient sums over B L


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    B=st.integers(1, 3),
    D=st.integers(1, 4),
    W=st.integers(1, 5),
    pieces=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    spare=st.integers(0, 3),
    with_bias=st.booleans(),
    activation=st.sampled_from([None, "silu"]),
)
def test_a_sequence_in_pieces_is_the_whole_sequence(B, D, W, pieces, spare, with_bias, activation):
    x, weight, bias = inputs(B, D, sum(pieces), W)
    bias = bias if with_bias else None
    state = torch.zeros(B, D, W - 1 + spare, dtype=x.dtype)
    parts = [grouped.causal_conv1d_update(p, state, weight, bias, activation) for p in x.split(pieces, dim=-1)]
    expected = reference.causal_conv1d(x, weight, bias, activation)
    torch.testing.assert_close(torch.cat(parts, dim=-1), expected, **TOLERANCE)
    before_it = torch.zeros(B, D, W - 1 + spare, dtype=x.dtype)
    newest = torch.cat([before_it, x], dim=-1)[..., sum(pieces) :]
    assert state.equal(newest.detach())
    assert not state.requires_grad


def test_one_step_without_the_axis_of_length():
    x, weight, bias = inputs(L=1)
    one, other = torch.ones(2, 3, 3, dtype=x.dtype), torch.ones(2, 3, 3, dtype=x.dtype)
    result = grouped.causal_conv1d_update(x[..., 0], one, weight, bias, "silu")
    assert result.shape == (2, 3)
    assert result.equal(grouped.causal_conv1d_update(x, other, weight, bias, "silu")[..., 0])
    assert one.equal(other)
    assert one[..., -1].equal(x[..., 0])


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_nothing_from_the_future(rung):
    x, weight, bias = (t.detach() for t in inputs(L=20))
    changed = x.clone()
    changed[..., 12:] += 1
    before, after = rung(x, weight, bias, "silu"), rung(changed, weight, bias, "silu")
    assert before[..., :12].equal(after[..., :12])
    assert not before[..., 12].equal(after[..., 12])


BAD = [
    ({"x": torch.zeros(3, 9)}, r"x: expected \(batch, channels, length\) with length >= 1, got \(3, 9\)"),
    ({"x": torch.zeros(2, 3, 0)}, r"length >= 1, got \(2, 3, 0\)"),
    ({"x": torch.zeros(2, 3, 9, dtype=torch.int64)}, "x: expected a floating-point dtype, got torch.int64"),
    ({"weight": torch.zeros(4, 4)}, r"weight: expected \(channels, width\) = \(3, W\) with W >= 1, got \(4, 4\)"),
    ({"weight": torch.zeros(3, 1, 4)}, r"weight: expected .* got \(3, 1, 4\)"),
    ({"weight": torch.zeros(3, 0)}, r"weight: expected .* got \(3, 0\)"),
    ({"weight": torch.zeros(3, 4).double()}, "weight: expected dtype of x, torch.float32, got torch.float64"),
    ({"bias": torch.zeros(4)}, r"bias: expected \(3,\), got \(4,\)"),
    ({"bias": torch.zeros(3).double()}, "bias: expected dtype of x, torch.float32, got torch.float64"),
    ({"activation": "relu"}, "activation: expected None or 'silu', got 'relu'"),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_bad_input(rung, changes, message):
    good = {"x": torch.zeros(2, 3, 9), "weight": torch.zeros(3, 4), "bias": torch.zeros(3), "activation": None}
    with pytest.raises(ValueError, match=message):
        rung(**(good | changes))


STATES = [
    (torch.zeros(2, 3, 2), r"conv_state: expected \(2, 3, S\) with S >= W - 1 = 3, got \(2, 3, 2\)"),
    (torch.zeros(2, 4, 3), r"conv_state: expected .* got \(2, 4, 3\)"),
    (torch.zeros(2, 3), r"conv_state: expected .* got \(2, 3\)"),
    (torch.zeros(2, 3, 3).double(), "conv_state: expected dtype of x, torch.float32, got torch.float64"),
]


@pytest.mark.parametrize(("state", "message"), STATES)
def test_bad_state(state, message):
    with pytest.raises(ValueError, match=message):
        grouped.causal_conv1d_update(torch.zeros(2, 3), state, torch.zeros(3, 4))
    with pytest.raises(ValueError, match="activation"):
        grouped.causal_conv1d_update(torch.zeros(2, 3), torch.zeros(2, 3, 3), torch.zeros(3, 4), None, "relu")
