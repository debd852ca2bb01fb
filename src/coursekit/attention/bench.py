"""What each rung of the attention ladder buys: ratios within one run, on one thread, forward, float32."""

import time
from collections.abc import Iterator
from functools import partial

import torch
from torch.nn.functional import scaled_dot_product_attention

from coursekit.attention import reference, sdpa, tiled
from coursekit.attention.masks import visible
from coursekit.timing import interleaved

HEADS, HEAD_SIZE, WINDOW = 12, 64, 512


def run(length: int = 4096, long: int = 8192, repeats: int = 5) -> Iterator[tuple[str, float, str]]:
    """Yield (name, ratio, "×"): how many times faster the second is than the first.

    Args:
        length: tokens of the comparison of reference, tiled and library attention (causal).
        long: tokens of the windowed comparison: the band against the library with a full boolean mask.
        repeats: rounds; medians of CPU time on one thread.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        inputs = _inputs(length)
        rungs = {"reference": reference.attention, "tiled": tiled.attention, "sdpa": sdpa.attention}
        seconds = _time({name: partial(rung, *inputs, is_causal=True) for name, rung in rungs.items()}, repeats)
        yield "bench/tiled-over-reference", seconds["reference"] / seconds["tiled"], "×"
        yield "bench/sdpa-over-reference", seconds["reference"] / seconds["sdpa"], "×"
        yield "bench/sdpa-over-tiled", seconds["tiled"] / seconds["sdpa"], "×"
        inputs = _inputs(long)
        positions = torch.arange(long)
        mask = visible(positions, positions, True, WINDOW)  # (T, T)
        candidates = {
            "mask": partial(scaled_dot_product_attention, *inputs, attn_mask=mask),
            "band": partial(sdpa.attention, *inputs, is_causal=True, window=WINDOW),
        }
        seconds = _time(candidates, repeats)
        yield "bench/band-over-mask", seconds["mask"] / seconds["band"], "×"
    finally:
        torch.set_num_threads(threads)


def _inputs(length: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(1, HEADS, length, HEAD_SIZE, generator=generator) for _ in range(3)]  # (1, H, T, D) each


def _time(candidates, repeats: int) -> dict[str, float]:
    with torch.no_grad():
        return interleaved(candidates, repeats, clock=time.process_time)
