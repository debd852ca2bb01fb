"""How long a notebook may take: counted in what its kernel computes, not by the clock on the wall.

On a busy machine a cell takes longer and computes the same; a limit by the clock would then say nothing about the
cell. While the kernel computes nothing (it sleeps, it waits for an answer), the clock counts.
"""

from __future__ import annotations

import threading
from time import monotonic

import psutil

_STEP = 0.5  # seconds between two looks
_IDLE = 0.01  # of one core: below it nothing is computed, on however busy a machine


class Patience:
    """Watches the processes that this one has started, and ends them past a limit.

    Args:
        cell_seconds, total_seconds: limits, as on a quiet machine.
        threads: that a kernel computes with.

    Attributes:
        over: "cell" or "total" once a limit was passed, else "".
    """

    def __init__(self, cell_seconds: float, total_seconds: float, threads: int):
        self.cell_seconds, self.total_seconds, self.threads = cell_seconds, total_seconds, threads
        self.cell = self.total = 0.0
        self.over = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Patience:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def begin_cell(self) -> None:
        """From here on another cell is counted."""
        self.cell = 0.0

    def charge(self, computed: float, passed: float) -> None:
        """Count `computed` seconds of processors during `passed` seconds of the clock."""
        seconds = computed / self.threads if computed >= _IDLE * passed else passed
        self.cell += seconds
        self.total += seconds
        if not self.over:
            self.over = "cell" if self.cell > self.cell_seconds else "total" if self.total > self.total_seconds else ""

    def _watch(self) -> None:
        then, before = monotonic(), _computed()
        while not self._done.wait(_STEP):
            now, after = monotonic(), _computed()
            self.charge(max(0.0, after - before), now - then)
            then, before = now, after
            if self.over:
                for process in psutil.Process().children(recursive=True):
                    _quietly(process.kill)
                return


def _computed() -> float:
    """Seconds that the processes started here have computed, those included that they have started and ended."""
    times = (_quietly(process.cpu_times) for process in psutil.Process().children(recursive=True))
    return sum(sum(time[:4]) for time in times if time)  # user, system, children's user, children's system


def _quietly(call):
    try:
        return call()
    except psutil.Error:
        return None
