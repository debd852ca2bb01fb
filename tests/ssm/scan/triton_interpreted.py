"""What only the Triton rung has, under the interpreter. Not collected by name: `test_triton_gpu.py` runs this file in a
process of its own, because Triton reads TRITON_INTERPRET when it is imported. There `test_selective_scan.py` holds this
rung against the reference, as every other.
"""

import pytest
import torch

from coursekit.ssm.scan import reference, triton_gpu


def inputs(L, B=2, D=10, N=5, G=2, seed=0):
    """u, delta, A, B, C, D, z, delta_bias; float64."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (B, D, L), (B, D, L), (D, N), (B, G, N, L), (B, G, N, L), (D,), (B, D, L), (D,)
    tensors = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    tensors[2] = -tensors[2].exp()
    return [x.requires_grad_() for x in tensors]


def with_gradients(rung, tensors):
    out, last = rung.selective_scan(*tensors, True, True)
    return [out, last, *torch.autograd.grad(out.sin().sum() + last.cos().sum(), tensors)]


def test_several_blocks_of_channels_and_tiles(monkeypatch):
    # blocks of 2 in groups of 5 channels: the last block of a group is half empty; 11 steps are tiles of 4, 4 and 3
    monkeypatch.setattr(triton_gpu, "WIDTH", 2)
    monkeypatch.setattr(triton_gpu, "TILE", 4)
    tensors = inputs(11)
    for ours, correct in zip(with_gradients(triton_gpu, tensors), with_gradients(reference, tensors)):
        # float64 sums of at most 2 * 10 * 11 terms of order 1 to 10
        torch.testing.assert_close(ours, correct, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_short_steps_keep_their_digits(dtype):
    # softplus(-12) = log(1 + 6.1e-6): in float32, 1 + 6.1e-6 has lost all but two digits of it. u = B = C = 1 and
    # one step, so that the output is the step, off by two roundings
    one, A = torch.ones(1, 1, 1, dtype=dtype), torch.full((1, 1), -1, dtype=dtype)
    for x in (-12, -5, -0.125, 0, 0.125, 5, 30):
        step = triton_gpu.selective_scan(one, one * x, A, one, one, delta_softplus=True)
        exact = torch.tensor(float(x), dtype=torch.float64).exp().log1p()
        assert step.item() == pytest.approx(exact.item(), rel=2 * torch.finfo(dtype).eps)


def test_states_are_saved_only_where_a_gradient_is_needed(monkeypatch):
    apply, kept = triton_gpu._Fused.apply, []
    monkeypatch.setattr(triton_gpu._Fused, "apply", lambda *a: kept.append(a[-1]) or apply(*a))
    x = torch.ones(1, 1, 3)
    arguments = x, x, -x[0, :, :1], x, x
    triton_gpu.selective_scan(*arguments)
    for i in range(5):
        wanted = [a.requires_grad_() if i == j else a.detach() for j, a in enumerate(arguments)]
        saved = triton_gpu.selective_scan(*wanted).grad_fn.saved_tensors[-1]
        assert saved.shape == (1, 1, 1, 1)
    with torch.no_grad():
        triton_gpu.selective_scan(*wanted)
    assert kept == [False, True, True, True, True, True, False]


def test_first_derivatives_only():
    one = torch.ones(1, 1, 3, requires_grad=True)
    out = triton_gpu.selective_scan(one, one, -one[0, :, :1], one, one)
    (gradient,) = torch.autograd.grad(out.square().sum(), one, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
