from math import exp, log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm import lti_scan as lti_module
from coursekit.ssm import zero_order_hold
from coursekit.ssm.lti_scan import lti_kernel, lti_scan, lti_scan_recurrence
from coursekit.ssm.scan import reference

BOTH = {"convolution": lti_scan, "recurrence": lti_scan_recurrence}


def inputs(L, B=2, D=3, N=4, seed=0, complex_=True):
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64)  # noqa: E731
    A = -normal(D, N).exp()
    if complex_:  # as S4D-Lin starts: -1/2 + i pi n
        A = torch.complex(A, torch.pi * torch.arange(N, dtype=torch.float64).expand(D, N).contiguous())
    b, c = ((torch.complex(normal(D, N), normal(D, N)) if complex_ else normal(D, N)) for _ in range(2))
    return [x.requires_grad_() for x in (normal(B, D, L), (normal(D) - 2).exp(), A, b, c, normal(D))]


@pytest.mark.parametrize("scan", BOTH.values(), ids=BOTH)
def test_an_impulse_by_hand(scan):
    # A = -1, Delta = ln 2: decay 1/2; Bbar = (1/2 - 1) / -1 * B = B/2. B = 4, C = 3: K = 3 * 2 * (1, 1/2, 1/4)
    u, delta = torch.tensor([[[1.0, 0, 0]]]).double(), torch.tensor([log(2)], dtype=torch.float64)
    A, B, C = (torch.tensor([[x]]).double() for x in (-1.0, 4.0, 3.0))
    assert scan(u, delta, A, B, C)[0, 0].tolist() == pytest.approx([6, 3, 1.5], abs=1e-12)
    # two impulses add; D = 10 adds u itself: 6 + 10, 3, 1.5 + 6 + 10
    u[0, 0, 2] = 1
    D = torch.tensor([10.0]).double()
    assert scan(u, delta, A, B, C, D)[0, 0].tolist() == pytest.approx([16, 3, 17.5], abs=1e-12)
    # A = -1 + i pi, one step of 1: the state turns by half a circle: decay -1/e
    A, B, C = A + 1j * torch.pi, B + 0j, C + 0j
    kernel = lti_kernel(torch.ones(1).double(), A, B, C, 3)[0]
    assert (kernel[1:] / kernel[:2]).tolist() == pytest.approx([-exp(-1)] * 2, abs=1e-12)


@given(st.integers(1, 130), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.booleans(), st.integers(0, 99))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_the_recurrence_is_the_convolution(L, B, D, N, complex_, seed):
    tensors = inputs(L, B, D, N, seed, complex_)
    results = [scan(*tensors) for scan in BOTH.values()]
    # L terms of order 1 with rounding 1e-16, log2 L rounds of the transform
    torch.testing.assert_close(*results, rtol=0, atol=1e-11)
    ours, wanted = (torch.autograd.grad(r.square().sum(), tensors) for r in results)
    for gradient, correct in zip(ours, wanted):
        torch.testing.assert_close(gradient, correct, rtol=1e-9, atol=1e-9)


def test_it_is_the_selective_scan_with_nothing_selected():
    u, delta, A, B, C, D = inputs(40, complex_=False)
    selected = [
        zero_order_hold.selective_scan(
            u[:, d : d + 1], delta[d].expand(2, 1, 40), A[d : d + 1],
            B[d, :, None].expand(2, 4, 40), C[d, :, None].expand(2, 4, 40), D[d : d + 1],
        )
        for d in range(3)
    ]  # fmt: skip
    torch.testing.assert_close(lti_scan(u, delta, A, B, C, D), torch.cat(selected, dim=1), rtol=0, atol=1e-12)


def test_a_selective_scan_is_no_convolution():
    # the response to an impulse at t = 1 is not the one at t = 0, moved, once the steps depend on the time
    u = torch.eye(2, 5, dtype=torch.float64)[:, None]  # two sequences of one channel
    one = torch.ones(2, 1, 5, dtype=torch.float64)
    delta = torch.tensor([1.0, 2, 1, 3, 1]).double().expand(2, 1, 5)
    fixed, selective = (
        reference.selective_scan(u, d, -one[0, :, :1], one, one)[:, 0] for d in (one, delta)
    )  # fmt: skip
    torch.testing.assert_close(fixed[0, :-1], fixed[1, 1:])
    assert not torch.allclose(selective[0, :-1], selective[1, 1:])


ok = dict(zip(("u", "delta", "A", "B", "C", "D"), (x.detach() for x in inputs(5))))
WRONG = {
    "rank": ({"u": ok["u"][0]}, r"u: expected .* got \(3, 5\)"),
    "empty": ({"u": ok["u"][..., :0]}, r"u: expected .* got \(2, 3, 0\)"),
    "half": ({"u": ok["u"].half()}, "u: expected .* float32 or float64, got .* torch.float16"),
    "delta": ({"delta": ok["delta"][:2]}, r"delta: expected \(3,\), torch.float64, got \(2,\)"),
    "delta dtype": ({"delta": ok["delta"].float()}, "delta: expected .* got .* torch.float32"),
    "D": ({"D": ok["D"][:2]}, r"D: expected \(3,\), torch.float64, got \(2,\)"),
    "A": ({"A": ok["A"][:2]}, r"A: expected \(3, at least 1\), .* got \(2, 4\)"),
    "no states": ({"A": ok["A"][:, :0]}, r"A: expected \(3, at least 1\), .* got \(3, 0\)"),
    "A rank": ({"A": ok["A"][0]}, r"A: expected .* got \(4,\)"),
    "A dtype": ({"A": ok["A"].to(torch.complex64)}, "A: expected .* got .* torch.complex64"),
    "B": ({"B": ok["B"][:, :2]}, r"B: expected A's \(3, 4\), .* got \(3, 2\)"),
    "B dtype": ({"B": ok["B"].to(torch.complex64)}, "B: expected A's .* torch.complex128, got .* torch.complex64"),
    "C": ({"C": ok["C"][:2]}, r"C: expected A's \(3, 4\), .* got \(2, 4\)"),
    "C dtype": ({"C": ok["C"].real}, "C: expected A's .* torch.complex128, got .* torch.float64"),
    "D dtype": ({"D": ok["D"].float()}, "D: expected .* torch.float64, got .* torch.float32"),
    "NaN step": ({"delta": ok["delta"] * float("nan")}, "delta: expected finite numbers, got 3 that are NaN or inf"),
    "NaN rate": ({"A": ok["A"] * float("nan")}, "A: expected finite numbers, got 12 that are NaN or infinite"),
    "infinite rate": ({"A": ok["A"] - torch.tensor([0, float("inf")]).repeat(2)}, "A: expected finite numbers, got 6"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("scan", BOTH.values(), ids=BOTH)
def test_bad_input_is_refused(scan, change, message):
    with pytest.raises(ValueError, match=message):
        scan(**(ok | change))


def test_a_kernel_of_what_is_refused():
    model = [ok[name] for name in ("delta", "A", "B", "C")]
    for length in (0, 2.0):
        with pytest.raises(ValueError, match=f"length: expected a whole number of steps >= 1, got {length}"):
            lti_kernel(*model, length)
    for delta in (ok["delta"][None], ok["delta"].half()):
        with pytest.raises(ValueError, match=r"delta: expected \(channels,\), float32 or float64, got"):
            lti_kernel(delta, *model[1:], 3)
    with pytest.raises(ValueError, match=r"A: expected \(2, at least 1\)"):
        lti_kernel(ok["delta"][:2], *model[1:], 3)


def test_the_kernel_is_where_the_steps_are(monkeypatch):
    monkeypatch.setattr(lti_module, "check_finite", lambda name, tensor: None)  # there are no numbers to look at
    assert lti_kernel(*(ok[name].to("meta") for name in ("delta", "A", "B", "C")), 5).is_meta
