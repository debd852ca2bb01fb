"""What each rung of the attention ladder buys, on one thread, in float32: ratios within one run, and memory."""

import time
from collections.abc import Iterator
from functools import partial

import torch
from torch.nn.functional import scaled_dot_product_attention

from coursekit.attention.counts import score_bytes
from coursekit.attention.dot_product import reference, sdpa, tiled
from coursekit.attention.dot_product.masks import visible
from coursekit.bench.attention_peak import HEAD_SIZE, HEADS, peak_memory
from coursekit.bench.timing import interleaved

WINDOW = 512
RUNGS = {"reference": reference.attention, "tiled": tiled.attention, "sdpa": sdpa.attention}


def run(
    length: int = 4096,
    long: int = 8192,
    repeats: int = 5,
    training: int = 2048,
    lengths: tuple[int, ...] = (1024, 2048, 4096, 8192, 16384),
    room: int = 4 * 2**30,
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "a-over-b" in "×" is how many times faster a is than b; memory in MiB.

    Args:
        length: tokens of the comparison of reference, tiled and library attention (causal, forward).
        long: tokens of the windowed comparison: the band against the library with a full boolean mask.
        repeats: rounds; medians of CPU time on one thread.
        training: tokens of the comparison of forward and backward together.
        lengths: tokens of the memory curve; each point is a process of its own.
        room: bytes; the reference is left out of the curve where its scores do not fit in it three times.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        inputs = _inputs(length)
        with torch.no_grad():
            seconds = _time({name: partial(rung, *inputs, is_causal=True) for name, rung in RUNGS.items()}, repeats)
        yield "bench/tiled-over-reference", seconds["reference"] / seconds["tiled"], "×"
        yield "bench/sdpa-over-reference", seconds["reference"] / seconds["sdpa"], "×"
        yield "bench/sdpa-over-tiled", seconds["tiled"] / seconds["sdpa"], "×"
        yield "bench/tiled-over-sdpa", seconds["sdpa"] / seconds["tiled"], "×"
        seconds = _time({name: partial(_step, rung, _inputs(training)) for name, rung in RUNGS.items()}, repeats)
        yield "bench/tiled-backward-over-reference", seconds["reference"] / seconds["tiled"], "×"
        inputs = _inputs(long)
        positions = torch.arange(long)
        mask = visible(positions, positions, True, WINDOW)  # (T, T)
        candidates = {
            "mask": partial(scaled_dot_product_attention, *inputs, attn_mask=mask),
            "band": partial(sdpa.attention, *inputs, is_causal=True, window=WINDOW),
        }
        with torch.no_grad():
            seconds = _time(candidates, repeats)
        yield "bench/band-over-mask", seconds["mask"] / seconds["band"], "×"
    finally:
        torch.set_num_threads(threads)
    for tokens in lengths:
        for rung in RUNGS:
            if rung != "reference" or 3 * score_bytes(1, HEADS, tokens, tokens, 4) <= room:
                yield f"bench/{rung}-memory-{tokens}", peak_memory(rung, tokens), "MiB"


def _inputs(length: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(1, HEADS, length, HEAD_SIZE, generator=generator) for _ in range(3)]  # (1, H, T, D) each


def _step(rung, inputs):
    inputs = [x.requires_grad_() for x in inputs]
    result = rung(*inputs, is_causal=True)
    torch.autograd.grad(result, inputs, torch.ones_like(result))


def _time(candidates, repeats: int) -> dict[str, float]:
    return interleaved(candidates, repeats, clock=time.process_time)
