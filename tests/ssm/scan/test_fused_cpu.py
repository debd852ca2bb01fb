"""What only the compiled rung has: threads, its own exponential, and no second derivative."""

import pytest
import torch

from coursekit.cpu.lanes import WIDTH
from coursekit.ssm.scan import fused_cpu, fused_cpu_kernels


def gradients(threads, monkeypatch):
    monkeypatch.setattr(fused_cpu, "_WORTH_SHARING", 0)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    generator = torch.Generator().manual_seed(0)
    shapes = (2, 150, 70), (2, 150, 70), (150, 3), (2, 2, 3, 70), (2, 2, 3, 70), (150,), (2, 150, 70), (150,)
    tensors = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    tensors[2] = -tensors[2].abs()
    tensors = [x.requires_grad_() for x in tensors]
    out, last = fused_cpu.selective_scan(*tensors, True, True)
    return [out, last, *torch.autograd.grad(out.sin().sum() + last.sum(), tensors)]


@pytest.mark.parametrize("threads", [2, 3, 100])
def test_threads_change_nothing_but_the_order_of_sums(threads, monkeypatch):
    # 100 is more than there are blocks
    for alone, shared in zip(gradients(1, monkeypatch), gradients(threads, monkeypatch)):
        # float64 sums of up to 150 * 70 * 2 terms of order 1, in another order
        torch.testing.assert_close(shared, alone, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    ("batch", "blocks", "groups", "less", "workers"),
    [
        (1, 4, 1, 0, 3),  # as many as threads
        (1, 4, 1, 1, 1),  # a number less than is worth it
        (1, 2, 1, 0, 2),  # not more than blocks of lanes
        (2, 1, 1, 0, 2),
        (1, 2, 2, 0, 2),
        (1, 1.5, 1, 0, 2),  # the last one half empty
        (1, 1, 1, 0, 1),
    ],
)
def test_threads_share_what_is_worth_it_and_can_be_shared(monkeypatch, batch, blocks, groups, less, workers):
    seen, channels = [], int(blocks * WIDTH)
    monkeypatch.setattr(fused_cpu, "share_kernel", lambda workers, kernel, *arguments: seen.append(workers))
    monkeypatch.setattr(fused_cpu, "_WORTH_SHARING", batch * channels * 5 * 4 + less)  # steps, states
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    u, B = torch.ones(batch, channels, 5), torch.ones(batch, groups, 4, 5)
    fused_cpu.selective_scan(u, u, -torch.ones(channels, 4), B, B)
    assert seen == [workers]


def test_first_derivatives_only():
    one = torch.ones(1, 1, 3, dtype=torch.float64, requires_grad=True)
    out = fused_cpu.selective_scan(one, one, -one[0, :, :1], one, one)
    (gradient,) = torch.autograd.grad(out.square().sum(), one, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_states_are_saved_only_where_a_gradient_is_needed():
    x = torch.ones(1, 1, 130, dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        assert fused_cpu.selective_scan(x, x, -x[0, :, :1], x, x).grad_fn is None
    saved = fused_cpu.selective_scan(x, x, -x[0, :, :1], x, x).grad_fn.saved_tensors[-1]
    assert saved.shape == (1, -(-130 // fused_cpu_kernels.TILE), 1, 1)


@pytest.mark.parametrize(("enabled", "leaf", "kept"), [(True, True, True), (True, False, False), (False, True, False)])
def test_without_a_gradient_to_come_no_memory_is_taken_for_states(monkeypatch, enabled, leaf, kept):
    seen = []
    monkeypatch.setattr(fused_cpu, "share_kernel", lambda workers, kernel, *arguments: seen.append(arguments[-4:-2]))
    x = torch.ones(1, 1, 130, requires_grad=leaf)
    with torch.set_grad_enabled(enabled):
        fused_cpu.selective_scan(x, x, -x[0, :, :1], x, x)
    ((saved, keep),) = seen
    assert keep == kept
    assert (saved.numel() > 0) == kept
