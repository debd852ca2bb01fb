"""State space duality: matrix form, recurrence, chunked and lean are one map."""

from inspect import signature
from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.duality import chunk_by_chunk, chunked, reference

RUNGS = {"recurrence": reference.recurrence, "chunked": chunked.ssd, "lean": chunk_by_chunk.ssd}
ALL = RUNGS | {"reference": reference.ssd}

# float64: an output sums up to 200 N products of order 1 to 10, each rounded to 1e-16 of it
TOLERANCE = {"rtol": 1e-11, "atol": 1e-11}


def inputs(L, H=4, P=3, G=2, N=5, B=2, seed=0, dtype=torch.float64):
    """All the tensors that `ssd` takes, by name."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(shape, dtype=dtype, generator=generator)

    tensors = {
        "x": normal(B, L, H, P),
        "dt": normal(B, L, H) - 1,
        "A": -normal(H).exp(),
        "B": normal(B, L, G, N),
        "C": normal(B, L, G, N),
        "D": normal(H),
        "z": normal(B, L, H, P),
        "dt_bias": normal(H),
        "initial_states": normal(B, H, P, N),
    }
    return {name: tensor.requires_grad_() for name, tensor in tensors.items()}


BARE = ("x", "dt", "A", "B", "C")
OPTIONS = {
    "bare": BARE,
    "everything": (*BARE, "D", "z", "dt_bias", "initial_states"),
    "from a state": (*BARE, "initial_states"),
    "gated": (*BARE, "z"),
}


def assert_equal_with_gradients(rung, tensors, chunk_size):
    arguments = {"chunk_size": chunk_size, "dt_softplus": True, "return_final_states": True}
    expected, result = reference.ssd(**tensors, **arguments), rung(**tensors, **arguments)
    generator = torch.Generator().manual_seed(9)
    upstream = [torch.randn(t.shape, dtype=t.dtype, generator=generator) for t in expected]
    wanted = torch.autograd.grad(expected, tuple(tensors.values()), upstream)
    gradients = torch.autograd.grad(result, tuple(tensors.values()), upstream)
    for got, correct in zip((*result, *gradients), (*expected, *wanted)):
        torch.testing.assert_close(got, correct, **TOLERANCE)
    alone = rung(**tensors, chunk_size=chunk_size, dt_softplus=True)
    assert alone.equal(result[0])


@pytest.mark.parametrize("chunk_size", [1, 2, 3])
@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_three_positions_by_hand(rung, chunk_size):
    # One head, P = N = 1, A = -ln 2: a step of 1 halves the state, a step of 2 quarters it.
    # x = (1, 2, 3), dt = (1, 1, 2), B = (1, 1, 2), C = (1, 2, 1):
    # h = 1; h = 1/2 + 2 = 5/2; h = (5/2)/4 + 2 * 3 * 2 = 12.625.  y = h C = (1, 5, 12.625)
    def column(*values):
        return torch.tensor(values, dtype=torch.float64).reshape(1, 3, 1, 1)

    x, B, C = column(1, 2, 3), column(1, 1, 2), column(1, 2, 1)
    dt, A = column(1, 1, 2)[..., 0], torch.tensor([-log(2)], dtype=torch.float64)
    y, final = rung(x, dt, A, B, C, chunk_size, return_final_states=True)
    torch.testing.assert_close(y, column(1, 5, 12.625), **TOLERANCE)
    assert final.item() == pytest.approx(12.625)
    # From a state of 8: halved, halved and quartered it is 4, 2, 0.5; C reads it as 4, 4, 0.5.
    # D = 10 adds (10, 20, 30); z = 0 gates everything to 0.
    initial, D = torch.full((1, 1, 1, 1), 8.0, dtype=torch.float64), torch.tensor([10.0], dtype=torch.float64)
    y, final = rung(x, dt, A, B, C, chunk_size, D=D, initial_states=initial, return_final_states=True)
    torch.testing.assert_close(y, column(15, 29, 43.125), **TOLERANCE)
    assert final.item() == pytest.approx(13.125)
    assert rung(x, dt, A, B, C, chunk_size, D=D, z=column(0, 0, 0)).abs().max() == 0
    # softplus(ln(e - 1)) = 1, so a bias on steps of 0 gives the first two positions as before: 1, 5/2
    bias = torch.tensor([1.0], dtype=torch.float64).expm1().log()
    y = rung(x, 0 * dt, A, B, C, chunk_size, dt_bias=bias, dt_softplus=True)
    torch.testing.assert_close(y[:, :2], column(1, 5, 0)[:, :2], **TOLERANCE)


@pytest.mark.parametrize("names", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("L", [1, 63, 64, 65])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_rung_equals_reference(rung, L, names):
    tensors = inputs(L)
    assert_equal_with_gradients(rung, {name: tensors[name] for name in names}, 64 if L < 65 else 16)


@pytest.mark.parametrize("rate", [1, 40])
@pytest.mark.parametrize("L", [63, 65])
def test_rates_on_both_sides_of_what_can_be_folded(L, rate):
    # float64 ends at e^709. With rates of order 1 and steps of order 0.4 some e^30 are left after 64 positions; with
    # rates of order 40, e^1000: folded, they would be infinite.
    tensors = inputs(L)
    tensors["A"] = (rate * tensors["A"]).detach().requires_grad_()
    assert_equal_with_gradients(chunk_by_chunk.ssd, tensors, 64)


def test_where_the_decay_is_folded_no_head_has_a_mask(Made):
    # 64 positions, 16 heads of 2 channels: x has 64 * 16 * 2 numbers, the scores of all heads together 64 * 64, and a
    # mask for each head would have 16 * 64 * 64
    tensors = {name: t.detach() for name, t in inputs(64, H=16, P=2, G=1, N=2, B=1).items()}
    for rate, most in ((1, 64 * 64), (40, 16 * 64 * 64)):
        with Made() as made:
            chunk_by_chunk.ssd(**(tensors | {"A": rate * tensors["A"]}), dt_softplus=True)
        assert made.largest == most


def test_a_chunk_at_the_edge_of_the_range_is_exact_in_float32():
    # the largest sum that is folded is 40.1: e^40 is 2e17, its square would still be a number
    tensors = {name: t.detach() for name, t in inputs(64, dtype=torch.float64, G=1).items()}
    tensors |= {"dt": torch.full_like(tensors["dt"], 0.625), "A": -torch.ones_like(tensors["A"])}  # sums to 40
    tensors.pop("dt_bias")
    single = {name: t.float() for name, t in tensors.items()}
    expected = reference.ssd(**tensors)
    error = (chunk_by_chunk.ssd(**single) - expected).abs().max()
    allowed = 2 * (chunked.ssd(**single) - expected).abs().max() + 1.2e-7 * expected.abs().max()
    assert error <= allowed
    # what A and dt lose to the two factors: differences of sums over 64 positions, each rounded to 6e-8 of such a sum
    for name in ("A", "dt"):
        gradients = []
        for arguments in (single, tensors):
            leaf = arguments[name].clone().requires_grad_()
            gradients += torch.autograd.grad(chunk_by_chunk.ssd(**(arguments | {name: leaf})).sum(), leaf)
        assert (gradients[0] - gradients[1]).abs().max() <= 2 * 64 * 6e-8 * gradients[1].abs().max()


def test_half_of_the_exponents_is_left_to_the_values():
    # sums to 60: e^60 = 1e26 is a number, but not times inputs of 1e15; float32 ends at 3e38
    tensors = {name: t.detach().float() for name, t in inputs(64, G=1).items()}
    tensors |= {"dt": torch.full_like(tensors["dt"], 60 / 64), "A": -torch.ones_like(tensors["A"])}
    tensors["x"] *= 1e15
    tensors.pop("dt_bias")
    y = chunk_by_chunk.ssd(**tensors)
    expected = chunked.ssd(**tensors)
    torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-5 * expected.abs().max().item())


def test_gradients_across_segments():
    # 4 chunks of 5 a segment: 47 positions are 10 chunks, the last one of 2, in 3 segments
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunk_by_chunk, "SEGMENT", 20)
        assert_equal_with_gradients(chunk_by_chunk.ssd, inputs(47), 5)


@pytest.mark.parametrize("names", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("count", [2, 3])
def test_the_threads_compute_what_one_does(threads, count, groups, names):
    threads(count)
    tensors = inputs(20, G=groups)
    assert_equal_with_gradients(chunk_by_chunk.ssd, {name: tensors[name] for name in names}, 8)


def test_in_inference_mode(threads):
    threads(2)
    with torch.inference_mode():
        tensors = {name: t.detach() for name, t in inputs(20, G=1).items()}
        y, final = chunk_by_chunk.ssd(**tensors, chunk_size=8, return_final_states=True)
        threads(1)
        expected = chunk_by_chunk.ssd(**tensors, chunk_size=8, return_final_states=True)
    torch.testing.assert_close((y, final), expected, rtol=1e-12, atol=1e-12)


def test_a_chunk_is_no_longer_than_the_text():
    # were it taken at its word, it would need more memory than there is
    tensors = inputs(3)
    assert_equal_with_gradients(chunk_by_chunk.ssd, tensors, 10**15)


def test_only_the_gradients_that_are_asked_for():
    tensors = inputs(20)
    wanted = [tensors.pop(name).detach() for name in ("x", "A", "initial_states")]
    names = ("x", "A", "initial_states")
    y = chunk_by_chunk.ssd(**dict(zip(names, wanted)), **tensors, chunk_size=8)
    gradients = torch.autograd.grad(y.sum(), tuple(tensors.values()), allow_unused=True)
    full = inputs(20)
    expected = reference.ssd(**full)
    correct = torch.autograd.grad(expected.sum(), [full[name] for name in tensors])
    for got, right in zip(gradients, correct):
        torch.testing.assert_close(got, right, **TOLERANCE)


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    L=st.integers(1, 20),
    G=st.integers(1, 3),
    repeats=st.integers(1, 3),
    P=st.integers(1, 4),
    N=st.integers(1, 4),
    B=st.integers(1, 3),
    chunk_size=st.integers(1, 25),
    wide_D=st.booleans(),
    segment=st.integers(1, 20),
)
def test_any_shape_and_any_chunk(rung, L, G, repeats, P, N, B, chunk_size, wide_D, segment):
    tensors = inputs(L, G * repeats, P, G, N, B)
    if wide_D:
        tensors["D"] = torch.randn(G * repeats, P, dtype=torch.float64, requires_grad=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunk_by_chunk, "SEGMENT", segment)
        assert_equal_with_gradients(rung, tensors, chunk_size)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_non_contiguous_inputs(rung):
    tensors = {name: t.detach() for name, t in inputs(20).items()}
    expected = rung(**tensors, chunk_size=8)
    turned = {name: t.mT.contiguous().mT if t.dim() > 1 else t for name, t in tensors.items()}
    assert not turned["x"].is_contiguous()
    torch.testing.assert_close(rung(**turned, chunk_size=8), expected, **TOLERANCE)
    gradients = []
    for layout in (tensors, turned):
        x = layout["x"].requires_grad_()
        gradients += torch.autograd.grad(rung(**layout, chunk_size=8).sum(), x)
    torch.testing.assert_close(*gradients, **TOLERANCE)


def test_the_output_is_contiguous_for_any_input():
    x = inputs(20)["x"].detach().mT.contiguous().mT
    assert chunk_by_chunk.ssd(**(inputs(20) | {"x": x})).is_contiguous()


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_a_state_carries_over_anywhere(rung):
    tensors = inputs(30)
    steps = {name: tensors.pop(name) for name in ("x", "dt", "B", "C", "z")}
    initial = tensors.pop("initial_states")
    options = {"chunk_size": 7, "dt_softplus": True, "return_final_states": True}
    whole, last = rung(**steps, **tensors, initial_states=initial, **options)
    for cut in (1, 7, 13, 29):
        left = {name: t[:, :cut] for name, t in steps.items()}
        right = {name: t[:, cut:] for name, t in steps.items()}
        y_left, state = rung(**left, **tensors, initial_states=initial, **options)
        y_right, final = rung(**right, **tensors, initial_states=state, **options)
        torch.testing.assert_close(torch.cat([y_left, y_right], dim=1), whole, **TOLERANCE)
        torch.testing.assert_close(final, last, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_nothing_from_the_future(rung):
    tensors = {name: t.detach() for name, t in inputs(20).items()}
    before = rung(**tensors, chunk_size=8)
    for name in ("x", "dt", "B", "C", "z"):
        later = tensors[name].clone()
        later[:, 12:] += 1
        after = rung(**(tensors | {name: later}), chunk_size=8)
        torch.testing.assert_close(after[:, :12], before[:, :12], rtol=0, atol=1e-14)
        assert (after[:, 12:] - before[:, 12:]).abs().max() > 1e-3


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_without_decay_it_is_linear_attention(rung):
    # A = 0: nothing fades, y_t = sum_{s <= t} (C_t . B_s) dt_s x_s
    tensors = inputs(20, G=1)
    x, dt, B, C = (tensors[name] for name in ("x", "dt", "B", "C"))
    scores = (C[:, :, 0] @ B[:, :, 0].mT).tril()  # (B, L, L)
    expected = torch.einsum("bls,bshp->blhp", scores, x * dt[..., None])
    torch.testing.assert_close(rung(x, dt, 0 * tensors["A"], B, C, 6), expected, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_decays_beyond_the_range_of_float32(rung):
    # exp(-50 * 64) is 0 in float32, its reciprocal infinite: what a position adds is gone at the next one,
    # y_t = (C_t . B_t) dt_t x_t. And the reverse: steps of 0 forget nothing.
    tensors = {name: t.detach() for name, t in inputs(130, dtype=torch.float32, G=1).items()}
    x, B, C = (tensors[name] for name in ("x", "B", "C"))
    fast, still = torch.full_like(tensors["A"], -50), torch.zeros_like(tensors["dt"])
    y, final = rung(x, still + 1, fast, B, C, 64, return_final_states=True)
    # float32: N = 5 products of order 1 to 10, rounded to 6e-8 each, and what is left of the neighbour, e^-50
    torch.testing.assert_close(y, (B * C).sum(-1, keepdim=True) * x, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(final, x[:, -1, :, :, None] * B[:, -1, :, None], rtol=1e-5, atol=1e-5)
    initial = tensors["initial_states"]
    y, final = rung(x, still, fast, B, C, 64, initial_states=initial, return_final_states=True)
    torch.testing.assert_close(final, initial, rtol=1e-6, atol=0)
    torch.testing.assert_close(
        y, torch.einsum("blhn,bhpn->blhp", C.expand(-1, -1, 4, -1), initial), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
@pytest.mark.parametrize("chunk_size", [8, 64])
def test_after_a_step_that_forgets_everything_small_ones_are_exact(rung, chunk_size):
    # dt A of -1.6e7 in the middle of steps of -0.16: differences of running sums would have lost the small ones
    tensors = {name: t.detach() for name, t in inputs(40, G=1).items()}
    steps = torch.full_like(tensors["dt"], 0.01)
    steps[:, 20] = 1e6
    given = (tensors["x"], steps, torch.full_like(tensors["A"], -16), tensors["B"], tensors["C"])
    expected = reference.recurrence(*given)
    y = rung(*(t.float() for t in given), chunk_size)
    assert y.isfinite().all()
    after = expected[:, 20:]  # 1e6 x stands in the output at 20, and is forgotten at e^-0.16 a step
    torch.testing.assert_close(y[:, 20:].double(), after, rtol=0, atol=2e-6 * after.abs().max().item())
    torch.testing.assert_close(y[:, :20].double(), expected[:, :20], rtol=1e-4, atol=1e-5)


def test_segsum_by_hand():
    # log decays 1, 2, 4: from s to t what lies in (s, t]: 0 | 2, 0 | 2 + 4, 4, 0; above the diagonal minus infinity
    never = float("-inf")
    expected = [[0, never, never], [2, 0, never], [6, 4, 0]]
    assert reference.segsum(torch.tensor([1.0, 2, 4])).tolist() == expected


@pytest.mark.parametrize("L", [65, 300])
def test_lean_in_float32(L):
    # Twice the error of the chunked rung in float32 against float64, plus one rounding of the largest output.
    exact = {name: t.detach() for name, t in inputs(L).items()}
    single = {name: t.float() for name, t in exact.items()}
    expected = chunked.ssd(**exact, dt_softplus=True)
    error = (chunked.ssd(**single, dt_softplus=True) - expected).abs().max()
    ours = (chunk_by_chunk.ssd(**single, dt_softplus=True) - expected).abs().max()
    assert ours <= 2 * error + 1.2e-7 * expected.abs().max()


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
@pytest.mark.parametrize("chunk_size", [4, 16, 64])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["x", "B", "C", "z"])
def test_what_is_not_finite_stays_where_it_enters(rung, chunk_size, bad, name):
    tensors = {key: tensor.detach() for key, tensor in inputs(41).items()}
    clean = rung(**tensors, chunk_size=chunk_size, dt_softplus=True)
    tensors[name] = tensors[name].clone()
    tensors[name][1, 6, 1, 2] = bad
    arguments = {"chunk_size": chunk_size, "dt_softplus": True, "return_final_states": True}
    y, final = rung(**tensors, **arguments)
    torch.testing.assert_close(y[0], clean[0], **TOLERANCE)
    torch.testing.assert_close(y[1, :6], clean[1, :6], **TOLERANCE)
    assert not y[1, 6].isfinite().all()
    assert y[1, 7:].isfinite().all() == (name in "Cz")
    wanted = reference.recurrence(**tensors, **arguments)
    for got, correct in zip((y, final), wanted):
        assert got.isfinite().equal(correct.isfinite())
        torch.testing.assert_close(got[got.isfinite()], correct[got.isfinite()], **TOLERANCE)


BAD = [
    ({"x": torch.zeros(2, 9, 4)}, r"x: expected \(batch, length, heads, head size\), none of them 0, got \(2, 9, 4\)"),
    ({"x": torch.zeros(2, 0, 4, 3)}, r"none of them 0, got \(2, 0, 4, 3\)"),
    ({"x": torch.zeros(2, 9, 4, 3, dtype=torch.float16)}, "x: expected float32 or float64, got torch.float16"),
    ({"x": torch.zeros(2, 9, 4, 3, dtype=torch.int64)}, "x: expected float32 or float64, got torch.int64"),
    ({"dt": torch.zeros(2, 9, 3)}, r"dt: expected \(2, 9, 4\), got \(2, 9, 3\)"),
    ({"A": torch.zeros(3)}, r"A: expected \(4,\), got \(3,\)"),
    ({"B": torch.zeros(2, 9, 5)}, r"B: expected \(2, 9, groups, states\), got \(2, 9, 5\)"),
    ({"B": torch.zeros(2, 8, 2, 5)}, r"B: expected \(2, 9, groups, states\), got \(2, 8, 2, 5\)"),
    ({"B": torch.zeros(2, 9, 2, 0)}, r"B: expected \(2, 9, groups, states\), got \(2, 9, 2, 0\)"),
    ({"B": torch.zeros(2, 9, 3, 5)}, "expected heads a multiple of groups, got 4 heads and 3 groups"),
    ({"B": torch.zeros(2, 9, 2, 5).double()}, "B: expected dtype of x, torch.float32, got torch.float64"),
    ({"C": torch.zeros(2, 9, 1, 5)}, r"C: expected \(2, 9, 2, 5\), got \(2, 9, 1, 5\)"),
    ({"D": torch.zeros(3)}, r"D: expected \(4,\) or \(4, 3\), got \(3,\)"),
    ({"z": torch.zeros(2, 9, 12)}, r"z: expected \(2, 9, 4, 3\), got \(2, 9, 12\)"),
    ({"dt_bias": torch.zeros(1)}, r"dt_bias: expected \(4,\), got \(1,\)"),
    ({"initial_states": torch.zeros(2, 4, 5, 3)}, r"initial_states: expected \(2, 4, 3, 5\), got \(2, 4, 5, 3\)"),
    ({"chunk_size": -64}, "chunk_size: expected a whole number of positions >= 1, got -64"),
    ({"chunk_size": 0}, "chunk_size: expected a whole number of positions >= 1, got 0"),
    ({"chunk_size": 1.5}, "chunk_size: expected a whole number of positions >= 1, got 1.5"),
    ({"dt": torch.full((2, 9, 4), float("nan"))}, "dt: expected finite numbers, got 72 that are NaN or infinite"),
    ({"dt": torch.zeros(2, 9, 4).index_fill(1, torch.tensor([3]), float("inf"))}, "got 8 that are NaN or infinite"),
    ({"A": torch.tensor([0, 0, 0, float("nan")])}, "A: expected finite numbers, got 1 that are NaN or infinite"),
    ({"dt_bias": torch.full((4,), float("nan"))}, "dt_bias: expected finite numbers, got 4 that are NaN or infinite"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), BAD)
@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_bad_input(rung, changes, message):
    good = {"x": torch.zeros(2, 9, 4, 3), "dt": torch.zeros(2, 9, 4), "A": torch.zeros(4)}
    good |= {"B": torch.zeros(2, 9, 2, 5), "C": torch.zeros(2, 9, 2, 5)}
    with pytest.raises(ValueError, match=message):
        rung(**(good | changes))


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_every_tensor_has_the_dtype_of_x(rung):
    tensors = inputs(3)
    for name in tensors.keys() - {"x"}:
        with pytest.raises(ValueError, match=f"{name}: expected dtype of x, torch.float64, got torch.float32"):
            rung(**(tensors | {name: tensors[name].float()}))


def test_every_rung_is_called_in_the_same_way():
    assert len({str(signature(rung)) for rung in ALL.values()}) == 1


def test_first_derivatives_only():
    x = inputs(3)["x"]
    y = chunk_by_chunk.ssd(**(inputs(3) | {"x": x}))
    (gradient,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
