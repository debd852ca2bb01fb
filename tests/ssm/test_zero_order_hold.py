from math import exp, log

import pytest
import torch

from coursekit.ssm import zero_order_hold
from coursekit.ssm.scan import reference
from coursekit.ssm.zero_order_hold import mean_decay


def gated_recurrence(u, z):
    """Theorem 1: h_t = (1 - g_t) h_{t-1} + g_t u_t with g = sigmoid(z)."""
    gate, h, states = z.sigmoid(), torch.zeros_like(u[..., 0]), []
    for t in range(u.shape[-1]):
        h = (1 - gate[..., t]) * h + gate[..., t] * u[..., t]
        states.append(h)
    return torch.stack(states, dim=-1)


def scan_of_theorem_1(module, u, z):
    """N = 1, A = -1, B = C = 1, Delta = softplus(z)."""
    one = torch.ones(u.shape[0], 1, u.shape[2], dtype=u.dtype)
    A = torch.full((u.shape[1], 1), -1, dtype=u.dtype)
    return module.selective_scan(u, z, A, one, one, delta_softplus=True)


def test_theorem_1_holds_for_the_hold_and_not_for_euler():
    generator = torch.Generator().manual_seed(0)
    u, z = (torch.randn(2, 5, 80, generator=generator, dtype=torch.float64) for _ in range(2))
    expected = gated_recurrence(u, z)
    torch.testing.assert_close(scan_of_theorem_1(zero_order_hold, u, z), expected, rtol=0, atol=1e-12)
    assert (scan_of_theorem_1(reference, u, z) - expected).abs().max() > 0.1


def test_theorem_1_by_hand():
    # z = 0.3, u = 1, one step. Hold: 1 - exp(-softplus(z)) = 1 - 1/(1 + e^z) = sigmoid(0.3) = 0.574.
    # Euler: Delta = softplus(0.3) = ln(1 + e^0.3) = 0.854
    u, z = torch.ones(1, 1, 1, dtype=torch.float64), torch.full((1, 1, 1), 0.3, dtype=torch.float64)
    hold, euler = (scan_of_theorem_1(m, u, z).item() for m in (zero_order_hold, reference))
    assert (hold, euler) == pytest.approx((1 / (1 + exp(-0.3)), log(1 + exp(0.3))), abs=1e-12)
    assert (round(hold, 3), round(euler, 3)) == (0.574, 0.854)


def test_the_hold_solves_the_differential_equation():
    # h' = A h + B u with u constant in each step: many small steps of Euler's rule come to the same
    u, delta = torch.tensor([[[1.0, -2, 3]]]).double(), torch.tensor([[[0.5, 1, 0.25]]]).double()
    A, B = torch.tensor([[-0.7, -3]]).double(), torch.tensor([[[1.0, 2, 3], [4, 5, 6]]]).double()
    _, last = zero_order_hold.selective_scan(u, delta, A, B, B, return_last_state=True)
    fine = 20_000
    small = [x.repeat_interleave(fine, dim=-1) for x in (u, delta / fine, B)]
    h = torch.zeros(2, dtype=torch.float64)
    for i in range(3):
        factor = 1 + small[1][0, 0, i * fine] * A[0]
        taken = small[1][0, 0, i * fine] * B[0, :, i] * u[0, 0, i]
        # h -> factor h + taken, `fine` times: a geometric series
        h = factor**fine * h + taken * (1 - factor**fine) / (1 - factor)
    # Euler's error: half of (Delta A)^2 / fine a step, (1 * 3)^2 / 2 / 20000 = 2e-4 of h (here 20) at most
    torch.testing.assert_close(last[0, 0], h, rtol=2e-4, atol=0)


def test_euler_is_the_limit_of_short_steps():
    # (e^x - 1) / x = 1 + x/2 + ..: they differ by half of Delta A
    generator = torch.Generator().manual_seed(1)
    u, B, C = (torch.randn(1, 2, 20, generator=generator, dtype=torch.float64) for _ in range(3))
    A = torch.tensor([[-1.0, -2], [-0.5, -3]]).double()
    difference = []
    for step in (1e-3, 1e-4):
        delta = torch.full_like(u, step)
        exact, euler = (m.selective_scan(u, delta, A, B, C) for m in (zero_order_hold, reference))
        difference.append((exact - euler).abs().max() / exact.abs().max())
    assert difference[0] < 3e-3
    assert difference[0] / difference[1] == pytest.approx(10, rel=0.02)


def test_everything_else_is_the_reference():
    # with A = 0 both rules take in Delta B u; D, z, bias, groups and the last state go the same way
    generator = torch.Generator().manual_seed(2)
    normal = lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64)  # noqa: E731
    arguments = (
        normal(2, 4, 9), normal(2, 4, 9), torch.zeros(4, 3).double(), normal(2, 2, 3, 9), normal(2, 2, 3, 9),
        normal(4), normal(2, 4, 9), normal(4), True, True,
    )  # fmt: skip
    for ours, theirs in zip(zero_order_hold.selective_scan(*arguments), reference.selective_scan(*arguments)):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-13)
    out = zero_order_hold.selective_scan(*arguments[:-1])
    assert torch.equal(out, zero_order_hold.selective_scan(*arguments)[0])
    with pytest.raises(ValueError, match="u: expected 3 dimensions"):
        zero_order_hold.selective_scan(arguments[0][0], *arguments[1:])


def test_the_mean_decay_and_its_derivative_have_no_jump_at_zero():
    x = torch.tensor([0.0, 1e-12, -1e-5, 0.009999, 0.010001, -1.0, -50], dtype=torch.float64, requires_grad=True)
    value = mean_decay(x)
    # 1 at zero; -1: 1 - 1/e; -50: 1/50
    assert value[0] == 1
    assert value[-2:].tolist() == pytest.approx([1 - exp(-1), 0.02], abs=1e-14)
    # at 0.01 the series' next term is x^7 / 8! = 2.5e-19; the quotient loses eps / x = 2e-14, its derivative eps / x^2
    assert (value[4] - value[3]).item() == pytest.approx(2e-6 * (0.5 + 0.01 / 3 + 0.01**2 / 8), abs=1e-13)
    (slope,) = torch.autograd.grad(value.sum(), x)
    # 1/2 at zero; 1/2 + x/3 + x^2/8 near it
    assert slope[:2].tolist() == pytest.approx([0.5, 0.5], abs=1e-11)
    assert slope[3:5].tolist() == pytest.approx([0.5 + 0.01 / 3 + 0.01**2 / 8] * 2, abs=2e-6)
