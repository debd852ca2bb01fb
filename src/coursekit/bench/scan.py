"""What the fused scan buys over what a CPU user gets elsewhere: ratios within one run, float32, and its memory.

The floor is the time of the exponentials alone, one for each step, channel and state.
"""

import time
from collections.abc import Iterator
from functools import partial

import torch
from torch.nn.functional import silu, softplus

from coursekit.bench import scan_floor
from coursekit.bench.scan_inputs import scan_inputs
from coursekit.bench.scan_peak import peak_over_inputs
from coursekit.bench.timing import interleaved
from coursekit.ssm.scan import associative, fused_cpu, reference


def run(
    lengths: tuple[int, ...] = (64, 256, 1024, 4096),
    backward: tuple[int, ...] = (256, 1024),
    shared: int = 1024,
    long: int = 16384,
    channels: int = 1536,
    states: int = 16,
    repeats: int = 5,
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, ratio, "×"): "a-over-b" is how many times faster a is than b; names end in the length.

    All do the whole of it: softplus, scan, D and gate; mambapy in its own layout. On one thread CPU time is taken,
    on two elapsed time. The backward pass is timed alone. Memory is that of forward and backward beyond the inputs,
    in units of the inputs' bytes.

    Args:
        lengths: L of the forward passes on one thread; batch 1.
        backward: L of the backward passes on one thread.
        shared: L of both passes on two threads, "-2t" at the end of the name.
        long: L at which memory is measured.
        channels, states: D and N.
        repeats: rounds; medians. Beyond L = 1024 there are fewer.

    Raises: ValueError when the results differ by more than float32 allows.
    """
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        for length in lengths:
            yield from _forward(length, channels, states, repeats, time.process_time, "")
        for length in backward:
            yield from _backward(length, channels, states, repeats, time.process_time, "")
        torch.set_num_threads(2)
        yield from _forward(shared, channels, states, repeats, time.perf_counter, "-2t")
        yield from _backward(shared, channels, states, repeats, time.perf_counter, "-2t")
    finally:
        torch.set_num_threads(threads)
    yield f"bench/scan-memory-over-inputs-{long}", peak_over_inputs("fused_cpu", long, channels, states), "×"


def _forward(length, channels, states, repeats, clock, end):
    inputs = scan_inputs(length, channels, states)
    candidates = {
        "fused": partial(_fused, *inputs),
        "transformers": partial(_transformers, *inputs),
        "mambapy": partial(_mambapy, *_turned(inputs)),
    }
    slow = {}
    if length <= 1024:  # beyond, the states of all steps take gigabytes
        slow = {
            "reference": partial(_rung, reference, *inputs),
            "associative": partial(_rung, associative, *inputs),
        }
    with torch.no_grad():
        results = {name: call() for name, call in (candidates | slow).items()}
        results["mambapy"] = results["mambapy"].mT
        for result in results.values():
            _check_equal([result], [results["transformers"]])
        del results
        candidates["floor"] = partial(scan_floor.take_exponentials, length * channels * states)
        seconds = interleaved(candidates, _rounds(repeats, length), clock=clock)
        # by themselves: what they allocate and give back slows down whoever comes after them
        slower = interleaved({"fused": candidates["fused"], **slow}, repeats, clock=clock) if slow else {}
    for name in ("transformers", "mambapy"):
        yield f"bench/scan-forward-over-{name}-{length}{end}", seconds[name] / seconds["fused"], "×"
    for name in slow:
        yield f"bench/scan-forward-over-{name}-{length}{end}", slower[name] / slower["fused"], "×"
    yield f"bench/scan-floor-over-forward-{length}{end}", seconds["fused"] / seconds["floor"], "×"


def _backward(length, channels, states, repeats, clock, end):
    inputs = scan_inputs(length, channels, states)
    candidates = {"fused": _gradients(_fused, inputs), "mambapy": _gradients(_mambapy, _turned(inputs))}
    _check_equal(candidates["fused"](), _turned(candidates["mambapy"]()))
    seconds = interleaved(candidates, repeats, clock=clock)
    yield f"bench/scan-backward-over-mambapy-{length}{end}", seconds["mambapy"] / seconds["fused"], "×"


def _rounds(repeats, length):
    return min(repeats, max(2, repeats * 1024 // length))


def _rung(module, u, delta, A, B, C, D, z, bias):
    return module.selective_scan(u, delta, A, B, C, D, z, bias, True)


_fused = partial(_rung, fused_cpu)


def _transformers(u, delta, A, B, C, D, z, bias):
    """What its Mamba does on a CPU: a loop over time."""
    from transformers.models.mamba.modeling_mamba import mamba_selective_scan

    return mamba_selective_scan(u, delta, A, B, C, D, z, bias, True)


def _mambapy(u, delta, A, B, C, D, z, bias):
    """Its parallel scan, whose layout is (B, L, D)."""
    from mambapy.mamba import MambaBlock

    return MambaBlock.selective_scan(None, u, softplus(delta + bias), A, B, C, D) * silu(z)


def _turned(inputs):
    """The eight tensors in the other layout, (B, L, D) for (B, D, L), as leaves of their own."""
    return [(x.detach().mT if x.dim() == 3 else x.detach()).contiguous().requires_grad_() for x in inputs]


def _gradients(scan, inputs):
    out = scan(*inputs)
    return partial(torch.autograd.grad, out, inputs, torch.ones_like(out), retain_graph=True)


def _check_equal(ours, theirs) -> None:
    for index, (result, expected) in enumerate(zip(ours, theirs)):
        # sums over time, channels or states in another order: some 1e-6 of the largest
        error, allowed = (result - expected).abs().max(), 1e-4 * expected.abs().max()
        if not error <= allowed:
            raise ValueError(f"tensor {index}: expected the others' numbers within {allowed:.1e}, got {error:.1e} away")
