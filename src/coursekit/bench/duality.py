"""What the arrangement of state space duality buys: ratios within one run, float32, on one thread and on two."""

import time
from collections.abc import Iterator
from functools import partial

import torch

from coursekit.bench.timing import interleaved
from coursekit.ssm.duality import chunk_by_chunk, chunked


def run(
    length: int = 2048,
    heads: int = 24,
    size: int = 64,
    states: int = 128,
    chunks: tuple[int, ...] = (64, 256),
    repeats: int = 15,
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, ratio, "×"): how many times faster a rung is than transformers' `mamba2_chunk_scan`.

    Batch 1 and one group; steps and decay rates as a Mamba-2 layer starts with them. All must compute the same.
    On one thread CPU time is taken; on two, with "-2t" at the end of the name, elapsed time.

    Args:
        length, heads, size, states: L, H, P, N.
        chunks: chunk sizes to compare at.
        repeats: rounds; medians.

    Raises: ValueError when the results differ by more than float32 allows.
    """
    from transformers.models.mamba2.modeling_mamba2 import mamba2_chunk_scan

    rungs = {"transformers": mamba2_chunk_scan, "chunked": chunked.ssd, "lean": chunk_by_chunk.ssd}
    threads = torch.get_num_threads()
    try:
        tensors = _inputs(length, heads, size, states)
        for chunk in chunks:
            torch.set_num_threads(1)
            forward = {name: partial(rung, *tensors, chunk_size=chunk) for name, rung in rungs.items()}
            backward = {name: partial(_step, rung, tensors, chunk) for name, rung in rungs.items()}
            with torch.no_grad():
                _check_equal({name: call() for name, call in forward.items()})
                seconds = interleaved(forward, repeats, clock=time.process_time)
                torch.set_num_threads(2)
                shared = interleaved(forward, repeats)
                torch.set_num_threads(1)
            yield f"bench/ssd-over-transformers-{chunk}-2t", shared["transformers"] / shared["lean"], "×"
            yield f"bench/ssd-over-transformers-{chunk}", seconds["transformers"] / seconds["lean"], "×"
            yield f"bench/ssd-chunked-over-transformers-{chunk}", seconds["transformers"] / seconds["chunked"], "×"
            seconds = interleaved(backward, repeats, clock=time.process_time)
            torch.set_num_threads(2)
            shared = interleaved(backward, repeats)
            yield f"bench/ssd-training-over-transformers-{chunk}-2t", shared["transformers"] / shared["lean"], "×"
            yield f"bench/ssd-training-over-transformers-{chunk}", seconds["transformers"] / seconds["lean"], "×"
    finally:
        torch.set_num_threads(threads)


def _inputs(length: int, heads: int, size: int, states: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, length, heads, size, generator=generator)  # (B, L, H, P)
    # steps from 0.001 to 0.1, evenly in their logarithm; decay rates from 1 to 16
    dt = 0.001 * 100 ** torch.rand(1, length, heads, generator=generator)  # (B, L, H)
    A = -1 - 15 * torch.rand(heads, generator=generator)  # (H,)
    B, C = (torch.randn(1, length, 1, states, generator=generator) for _ in range(2))  # (B, L, G, N)
    return [x, dt, A, B, C]


def _step(rung, tensors, chunk: int) -> None:
    tensors = [t.detach().requires_grad_() for t in tensors]
    y = rung(*tensors, chunk_size=chunk)
    torch.autograd.grad(y, tensors, torch.ones_like(y))


def _check_equal(results: dict[str, torch.Tensor]) -> None:
    expected = results["transformers"]
    # running sums of float32 leave about 1e-6 of the largest output
    allowed = 1e-5 * expected.abs().max()
    for name, result in results.items():
        error = (result - expected).abs().max()
        if not error <= allowed:
            raise ValueError(f"{name}: expected transformers' output within {allowed:.1e}, got {error:.1e} away")
