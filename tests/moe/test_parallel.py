"""Expert parallelism in two processes (gloo), against one process that has all the experts."""

import socket

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from coursekit.moe import apply_experts
from coursekit.moe.parallel import ParallelExperts
from coursekit.moe.routing import route_top_k

N, C, F, E, K = 9, 8, 4, 6, 2


def _inputs(rank):
    """Of a process x, weights and indices; of all, the experts."""
    generator = torch.Generator().manual_seed(0)
    experts = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((E, C, 2 * F), (E, F, C))]
    generator = torch.Generator().manual_seed(1 + rank)
    x = torch.randn(N + rank, C, generator=generator, dtype=torch.float64)
    weights, indices = route_top_k(torch.randn(N + rank, E, generator=generator, dtype=torch.float64), K)
    if rank == 1:
        indices[0] = -1  # nobody
        indices[1:4, 0], indices[1:4, 1] = 0, 1  # all to the other process
    return x.requires_grad_(), weights.requires_grad_(), indices, *experts


def _work(rank, port, results):
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    try:
        x, weights, indices, *experts = _inputs(rank)
        mine = [tensor[3 * rank : 3 * rank + 3].clone().requires_grad_() for tensor in experts]
        run = ParallelExperts()
        y = run(x, weights, indices, *mine)
        gradients = torch.autograd.grad(y.sin().sum(), [x, weights, *mine])
        try:
            run(x, weights, indices + E, *mine)
        except ValueError as error:
            refused = str(error)
        results[rank] = [y.detach().tolist(), [g.tolist() for g in gradients], run.bytes_sent, refused]
    finally:
        dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_do_what_one_does_and_the_bytes_are_counted():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with mp.Manager() as manager:
        results = manager.dict()
        mp.spawn(_work, (port, results), nprocs=2)
        found = [results[rank] for rank in range(2)]
    inputs = [_inputs(rank) for rank in range(2)]
    experts = [tensor.requires_grad_() for tensor in inputs[0][3:]]
    whole = [apply_experts(*given[:3], *experts) for given in inputs]
    own = [given[i] for given in inputs for i in (0, 1)]
    gradients = torch.autograd.grad(sum(y.sin().sum() for y in whole), [*own, *experts])
    away = [int(((given[2] >= 0) & (given[2] // 3 != rank)).sum()) for rank, given in enumerate(inputs)]
    assert min(away) > 0
    for rank, (y, (d_x, d_weights, *d_mine), bytes_sent, refused) in enumerate(found):
        torch.testing.assert_close(torch.tensor(y, dtype=torch.float64), whole[rank].detach(), rtol=0, atol=1e-12)
        expected = gradients[2 * rank], gradients[2 * rank + 1], *(g[3 * rank : 3 * rank + 3] for g in gradients[4:])
        for ours, correct in zip((d_x, d_weights, *d_mine), expected):
            torch.testing.assert_close(torch.tensor(ours, dtype=torch.float64), correct, rtol=0, atol=1e-11)
        # its rows to the other, the other's results back, 8 numbers of 8 bytes each; and 3 counts of 8 bytes
        assert bytes_sent == sum(away) * C * 8 + 3 * 8
        assert refused.startswith("indices: expected from -1 to 5, 3 experts for each of 2 processes, got ")
