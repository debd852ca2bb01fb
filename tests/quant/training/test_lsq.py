import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.training import LSQLinear, first_step, learned_step, update_ratio


def gradients(v, step, bits, is_signed=True, scale=1.0):
    v = torch.tensor(v, dtype=torch.float64, requires_grad=True)
    step = torch.tensor(step, dtype=torch.float64, requires_grad=True)
    y = learned_step(v, step, bits, is_signed, scale)
    y.sum().backward()
    return y.tolist(), v.grad.tolist(), step.grad.item()


def test_by_hand():
    # b = 3, s = 0.5: codes -4 .. 3. v / s = 0.6, 2.5, 9, -9: codes 1, 2 (to even), 3, -4
    y, of_v, of_step = gradients([0.3, 1.25, 4.5, -4.5], 0.5, 3)
    assert y == [0.5, 1.0, 1.5, -2.0]
    assert of_v == [1, 1, 0, 0]
    # (1 - 0.6) + (2 - 2.5) + 3 - 4
    assert of_step == pytest.approx(0.4 - 0.5 + 3 - 4, abs=1e-12)


def test_the_gradient_of_the_step_is_scaled():
    # N = 4 numbers, Q_P = 3: g = 1 / sqrt(12)
    v = [0.3, 1.25, 4.5, -4.5]
    assert gradients(v, 0.5, 3, scale=None)[2] == pytest.approx(-1.1 / 12**0.5, rel=1e-12)
    # the value is that of the step as it is, to the last bit
    assert gradients(v, 0.1, 3, scale=None)[0] == gradients(v, 0.1, 3)[0]


def test_what_is_never_negative_has_codes_from_zero():
    # b = 2: codes 0 .. 3; below 0 the step has no gradient
    y, of_v, of_step = gradients([-1.0, 0.9, 9.0], 1.0, 2, is_signed=False)
    assert y == [0, 1, 3]
    assert of_v == [0, 1, 0]
    assert of_step == pytest.approx(0 + 0.1 + 3, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 8), st.integers(0, 10**6))
def test_the_gradient_of_the_step_is_that_of_the_value_where_nothing_jumps(bits, seed):
    # with the codes held, y = s * code: dy/ds = code; minus what the identity's gradient says v / s brings
    generator = torch.Generator().manual_seed(seed)
    v = torch.randn(7, dtype=torch.float64, generator=generator)
    step = torch.rand((), dtype=torch.float64, generator=generator) + 0.05
    step.requires_grad_(True)
    learned_step(v, step, bits, gradient_scale=1.0).sum().backward()
    ratio = v / step.detach()
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    passes = (ratio > low) & (ratio < high)
    # straight-through by torch's own autograd: round's gradient is 1
    other = step.detach().clone().requires_grad_(True)
    clipped = (v / other).clamp(low, high)
    ((clipped + (clipped.round() - clipped).detach()) * other).sum().backward()
    assert step.grad.item() == pytest.approx(other.grad.item(), rel=1e-9, abs=1e-9)
    assert passes.any() or bits < 4


def test_the_first_step():
    # mean|v| = 2, Q_P = 7 at 4 bits: 4 / sqrt(7)
    assert first_step(torch.tensor([1.0, -3.0]), 4).item() == pytest.approx(4 / 7**0.5)
    assert first_step(torch.zeros(3), 4).item() == 1


def test_learning_finds_the_best_step():
    # 2 bits, codes -2 .. 1, all numbers are -2, -1, 0, 1 times 0.7: the step that leaves no error is 0.7
    v = 0.7 * torch.tensor([-2.0, -1.0, 0.0, 1.0] * 8)
    step = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.Adam([step], lr=0.01)
    for _ in range(400):
        optimizer.zero_grad()
        (learned_step(v, step, 2) - v).square().sum().backward()
        optimizer.step()
    assert step.item() == pytest.approx(0.7, abs=0.01)


def test_how_fast_the_step_moves():
    # |w| = 5, |dw| = 10: 2; s = 1/2, ds = -3: 6
    args = torch.tensor(0.5), torch.tensor(-3.0), torch.tensor([3.0, 4.0]), torch.tensor([6.0, 8.0])
    assert update_ratio(*args) == 3
    with pytest.raises(ValueError, match=r"expected a step > 0 and a gradient of the weights, got 0.5 and 0.0"):
        update_ratio(*args[:3], torch.zeros(2))


@pytest.mark.parametrize("input_bits", [None, 8])
def test_the_layer_is_a_drop_in_whose_steps_learn(input_bits):
    torch.manual_seed(0)
    layer, x = LSQLinear(6, 5, bits=3, input_bits=input_bits).double(), torch.randn(2, 3, 6).double()
    y = layer(x)
    # the first steps: 2 mean / sqrt(Q_P), Q_P = 3 and 127
    step = 2 * layer.weight.abs().mean() / 3**0.5
    rounded = (layer.weight / step).round().clamp(-4, 3) * step
    input_step = 2 * x.abs().mean() / 127**0.5
    inputs = x if input_bits is None else (x / input_step).round().clamp(-128, 127) * input_step
    torch.testing.assert_close(y, inputs @ rounded.T + layer.bias)
    y.square().sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in layer.parameters())
    # set once: other inputs do not move them
    before = dict(layer.named_buffers())
    before = {name: value.item() for name, value in before.items()}
    layer(9 * x)
    assert {name: value.item() for name, value in layer.named_buffers()} == before
    assert layer.step.item() == pytest.approx(step.item())
    # and learned by its part of the first: d s / d r = s_0
    with torch.no_grad():
        layer.rounding.ratio.fill_(-1.5)
    assert layer.step.item() == pytest.approx(1.5 * step.item())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learned_step(torch.ones(2), torch.tensor(0.0), 4), r"step: expected one number > 0, got 0.0"),
        (lambda: learned_step(torch.ones(2), torch.tensor(float("nan")), 4), r"step: expected one number > 0, got nan"),
        (lambda: learned_step(torch.ones(2), torch.ones(2), 4), r"step: expected one number > 0, got \[1.0, 1.0\]"),
        (lambda: learned_step(torch.ones(2), torch.tensor(1.0), 1), r"bits: expected 2 to 8, got 1"),
        (lambda: LSQLinear(2, 2, bits=9), r"bits: expected 2 to 8, got 9"),
        (lambda: first_step(torch.tensor([1.0, torch.inf]), 4), r"v: expected finite numbers, got 1 that are NaN"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
