"""Every rung against the reference, gradients included, and each cell against numbers worked by hand."""

from math import atanh, log, tanh

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.recurrent.unroll import backend, cells, explain_backend, projected, reference, torchs_own

CELLS = {cell.__name__: cell for cell in (cells.elman, cells.lstm_1997, cells.lstm, cells.gru, cells.gru_reset_first)}
RUNGS = {"projected": projected, "torchs_own": torchs_own, "backend": backend}
over_cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
over_rungs = pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)

# float64, at most 130 steps whose factors are below 1: 130 * 1e-16 * scale < 1e-12
TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def arguments(cell, T, B=3, I=4, H=5, bias=True, seed=0):
    """x, state, input_weight, weight, input_bias, bias."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return (torch.randn(shape, generator=generator, dtype=torch.float64) * 0.5).requires_grad_()

    rows = cell.gates * H
    state = tuple(normal(B, H) for _ in range(cell.parts))
    biases = (normal(rows), normal(rows)) if bias else (None, None)
    return normal(B, T, I), state, normal(rows, I), normal(rows, H), *biases


def with_gradients(rung, cell, given, skip=None):
    y, state = rung.unroll(cell, *given, skip)
    x, before, *weights = given
    tensors = [x, *before, *(weight for weight in weights if weight is not None)]
    generator = torch.Generator().manual_seed(9)
    outputs = [y, *state]
    upstream = [torch.randn(out.shape, generator=generator, dtype=torch.float64) for out in outputs]
    return [*outputs, *torch.autograd.grad(outputs, tensors, upstream)]


def assert_same(rung, cell, given, skip=None):
    for ours, expected in zip(
        with_gradients(rung, cell, given, skip), with_gradients(reference, cell, given, skip), strict=True
    ):
        torch.testing.assert_close(ours, expected, **TOLERANCE)


def supported(rung, cell, bias=True, skip=None):
    return rung is not torchs_own or torchs_own.unsupported(cell, bias, bias, skip) is None


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)[:, None]


def step(cell, h, c, W, U, b=None):
    """One step of one unit on the input 1."""
    state = tuple(column(part) for part in (h, c)[: cell.parts])
    bias = None if b is None else column(*b)[:, 0]
    y, last = reference.unroll(cell, torch.ones(1, 1, 1, dtype=torch.float64), state, W, U, None, bias)
    assert y.item() == last[0].item()
    return [part.item() for part in last]


# sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2, sigmoid(-ln 3) = 1/4, tanh(atanh(1/2)) = 1/2
OPEN, HALF = log(3), atanh(0.5)


def test_elman_by_hand():
    # U = 1, h = 2: tanh(atanh(1/2) - 2 + 2)
    assert step(cells.elman, 2, 0, column(HALF - 2), column(1)) == pytest.approx([0.5], abs=1e-15)


def test_lstm_of_1997_by_hand():
    # h = 1; i = 3/4, g = 1/2, o = 1/4: c' = 2 + 3/8, h' = 1/4 tanh(c')
    h, c = step(cells.lstm_1997, 1, 2, column(0, 1, 0), column(OPEN, HALF - 1, -OPEN))
    assert (h, c) == pytest.approx((tanh(2.375) / 4, 2.375), abs=1e-15)


def test_lstm_by_hand():
    # h = 1; i = 3/4, f = 1/2, g = 1/2, o = 1/4: c' = 1/2 * 2 + 3/8, h' = 1/4 tanh(c')
    h, c = step(cells.lstm, 1, 2, column(0, OPEN, 1, 0), column(OPEN, -OPEN, HALF - 1, -OPEN))
    assert (h, c) == pytest.approx((tanh(1.375) / 4, 1.375), abs=1e-15)


def test_gru_by_hand():
    # h = 2; r = 1/2, z = 3/4; n = tanh(W + r (U h + b')) with r (2 + 1) = 3/2: h' = 1/4 * 1/2 + 3/4 * 2
    (h,) = step(cells.gru, 2, 0, column(1, OPEN, HALF - 1.5), column(-1, -1, 1), (1, 2, 1))
    assert h == pytest.approx(1.625, abs=1e-15)


def test_gru_of_the_paper_by_hand():
    # h = 2; r = 1/2, z = 3/4; n = tanh(W + U (r h) + b') with 1 * 1 + 1 = 2: h' = 1/4 * 2 + 3/4 * 1/2
    (h,) = step(cells.gru_reset_first, 2, 0, column(1, OPEN, HALF - 2), column(-1, -1, 1), (1, 2, 1))
    assert h == pytest.approx(0.875, abs=1e-15)


@over_cells
@over_rungs
@pytest.mark.parametrize("T", [1, 2, 63, 64, 65, 130])
def test_equals_the_reference_with_gradients(rung, cell, T):
    if supported(rung, cell):
        assert_same(rung, cell, arguments(cell, T))


@over_cells
@over_rungs
def test_without_biases(rung, cell):
    if supported(rung, cell):
        assert_same(rung, cell, arguments(cell, 7, bias=False))


@over_cells
@pytest.mark.parametrize("rung", [projected, backend])
def test_one_bias_alone(rung, cell):
    x, state, W, U, _, b = arguments(cell, 7)
    assert_same(rung, cell, (x, state, W, U, None, b))
    assert_same(rung, cell, (x, state, W, U, b, None))


@given(st.integers(1, 4), st.integers(1, 40), st.integers(1, 6), st.integers(1, 9), st.integers(0, 999))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_any_shape(B, T, I, H, seed):
    for cell in CELLS.values():
        for rung in RUNGS.values():
            if supported(rung, cell):
                assert_same(rung, cell, arguments(cell, T, B, I, H, seed=seed))


@over_cells
@pytest.mark.parametrize("rung", [reference, projected, backend])
def test_padding_is_as_if_it_were_not_there(rung, cell):
    x, *rest = arguments(cell, 9)
    state, weights = rest[0], rest[1:]
    skip = torch.zeros(3, 9, dtype=torch.bool)
    skip[0, :4] = skip[1, 6:] = skip[2, 3:5] = True
    assert_same(rung, cell, (x, *rest), skip)
    y, last = rung.unroll(cell, x, *rest, skip)
    for row in range(3):
        real = x[row : row + 1, ~skip[row]]
        alone, end = rung.unroll(cell, real, tuple(part[row : row + 1] for part in state), *weights)
        torch.testing.assert_close(y[row : row + 1, ~skip[row]], alone, **TOLERANCE)
        for part, expected in zip(last, end):
            torch.testing.assert_close(part[row : row + 1], expected, **TOLERANCE)
    # over padding the last output stands still
    assert torch.equal(y[1, 6:], y[1, 5].expand(3, -1))


def test_the_first_lstm_carries_an_error_as_it_is_and_the_second_by_its_forget_gates():
    # with U = 0 nothing but the memory connects the steps: dc_T / dc_0 is 1, or the product of all f
    for cell in (cells.lstm_1997, cells.lstm):
        x, (h, c), W, U, b, b2 = arguments(cell, 30, B=1, H=1)
        _, (_, last) = reference.unroll(cell, x, (h, c), W, U * 0, b, b2)
        (gradient,) = torch.autograd.grad(last, c)
        forget = (x[0] @ W.T + b + b2)[:, 1].sigmoid() if cell is cells.lstm else torch.ones(1)
        assert gradient.item() == pytest.approx(forget.prod().item(), rel=1e-12)


def test_both_grus_agree_where_nothing_is_reset():
    # r = 1 (a bias of 40), and z of one is 1 - z of the other: 1 - sigmoid(a) = sigmoid(-a)
    x, (h,), W, U, b, b2 = (
        [part.detach() for part in given] if isinstance(given, tuple) else given.detach()
        for given in arguments(cells.gru, 20)
    )
    b[:5] = 40
    turned = torch.ones(15, dtype=torch.float64)
    turned[5:10] = -1
    ours, _ = reference.unroll(cells.gru, x, (h,), W, U, b, b2)
    paper, _ = reference.unroll(
        cells.gru_reset_first, x, (h,), W * turned[:, None], U * turned[:, None], b * turned, b2 * turned
    )
    torch.testing.assert_close(ours, paper, **TOLERANCE)


@over_cells
def test_no_step_sees_a_later_one(cell):
    x, *rest = arguments(cell, 20)
    before, _ = reference.unroll(cell, x, *rest)
    later = x.detach().clone()
    later[:, 11:] += 1
    after, _ = reference.unroll(cell, later, *rest)
    assert torch.equal(before[:, :11], after[:, :11])
    assert (before[:, 11:] - after[:, 11:]).abs().amin() > 0


def test_which_rung_and_why():
    biases, none = (torch.ones(1), torch.ones(1)), (None, None)
    for cell in (cells.elman, cells.lstm, cells.gru):
        assert explain_backend(cell, *biases) == "torchs_own: torch has this cell, its loop compiled"
        assert explain_backend(cell, *none).startswith("torchs_own: ")
    assert explain_backend(cells.lstm_1997) == "projected: the inputs in one product (torch has no lstm_1997)"
    assert "torch has no gru_reset_first" in explain_backend(cells.gru_reset_first)
    assert "torch's loops skip no padding" in explain_backend(cells.lstm, *biases, torch.ones(1, 1).bool())
    assert "torch has both biases or none" in explain_backend(cells.lstm, biases[0], None)
    given = arguments(cells.lstm_1997, 3)
    with pytest.raises(ValueError, match="^torchs_own: torch has no lstm_1997; take another rung$"):
        torchs_own.unroll(cells.lstm_1997, *given)


@pytest.mark.parametrize("rung", [reference, projected, torchs_own, backend])
@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("x", torch.ones(3, 4), r"x: expected \(batch, tokens, inputs\), all >= 1, got \(3, 4\)"),
        ("x", torch.ones(3, 0, 4), r"x: expected \(batch, tokens, inputs\), all >= 1, got \(3, 0, 4\)"),
        ("weight", torch.ones(15, 5), r"weight: expected \(4 H, H\) in lstm, for H units, got \(15, 5\)"),
        ("weight", torch.ones(20), r"weight: expected \(4 H, H\) in lstm, for H units, got \(20,\)"),
        ("input_weight", torch.ones(20, 5), r"input_weight: expected \(20, 4\), got \(20, 5\)"),
        ("input_bias", torch.ones(15), r"input_bias: expected \(20,\), got \(15,\)"),
        ("bias", torch.ones(15), r"bias: expected \(20,\), got \(15,\)"),
        ("state", (torch.ones(3, 5),), "state: expected a tuple of 2 in lstm, got 1"),
        ("state", (torch.ones(2, 5), torch.ones(3, 5)), r"state: expected \(3, 5\), got \(2, 5\)"),
    ],
)
def test_arguments_that_do_not_fit(rung, name, wrong, message):
    names = "x", "state", "input_weight", "weight", "input_bias", "bias"
    given = dict(zip(names, arguments(cells.lstm, 6))) | {name: wrong}
    with pytest.raises(ValueError, match=f"^{message}$"):
        rung.unroll(cells.lstm, **given)


@pytest.mark.parametrize("rung", [reference, projected])
def test_padding_that_does_not_fit(rung):
    given = arguments(cells.gru, 6)
    with pytest.raises(ValueError, match=r"^skip: expected \(3, 6\), got \(3, 5\)$"):
        rung.unroll(cells.gru, *given, skip=torch.ones(3, 5, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"^skip: expected bool, True = padding, got torch.int64$"):
        rung.unroll(cells.gru, *given, skip=torch.ones(3, 6, dtype=torch.long))
