"""Fair timing: candidates take turns, so that a slow moment of the machine hits them all; medians.

And nobody is timed while the machine clears memory for it, which on some takes longer than the work.
"""

from __future__ import annotations

import ctypes
import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(
    candidates: Mapping[str, Callable[[], object]],
    repeats: int = 5,
    warmup: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Median seconds of each candidate, called in turn `repeats` times after `warmup` rounds that do not count.

    Args:
        candidates: name → function without arguments, doing the same work each time it is called.
        repeats: counted rounds, at least 1.
        warmup: rounds before them (compilation, caches, first allocations).
        clock: seconds; `time.process_time` counts CPU time instead, for one thread on a busy machine.

    Raises:
        ValueError: without candidates or with repeats < 1.
    """
    if not candidates or repeats < 1:
        raise ValueError(f"expected candidates and repeats >= 1, got {len(candidates)} and {repeats}")
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(warmup + repeats):
        for name, call in candidates.items():
            started = clock()
            call()
            if turn >= warmup:
                seconds[name].append(clock() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def keep_freed_memory() -> bool:
    """Let the C library keep what is freed, for the rest of the process, so that the next result is written over it.

    By default glibc gives a block above 128 KiB back to the system at once and asks for it again a moment later; the
    system clears it, page by page. Whoever makes many intermediate results pays for that each time.

    Returns: whether it does so now; False where the C library is not glibc.
    """
    trim_threshold, mmap_threshold, largest_allowed = -1, -3, 2**25  # mallopt(3)
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows
        return False
    return bool(mallopt(mmap_threshold, largest_allowed) and mallopt(trim_threshold, 2**31 - 1))
