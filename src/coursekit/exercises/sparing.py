"""A call that spares the machine: what a student wrote may print or collect without end, or end the kernel itself.

Leaves out memory where it cannot be limited (macOS, Windows), and where there is an NVIDIA GPU, whose driver maps more
memory than there is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

MEMORY = 4 * 2**30  # bytes; right answers take a few
PRINTED = 10_000  # characters
_CUT = "\n… (tu función imprime más, que no se muestra)\n"


@contextmanager
def bounded_memory(more: int = MEMORY) -> Iterator[None]:
    """Whatever asks for `more` bytes than are in use now gets a MemoryError, instead of the machine's last ones."""
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        used = 0
    if not used or Path("/dev/nvidiactl").exists():
        yield
        return
    soft, hard = before = resource.getrlimit(resource.RLIMIT_AS)
    limits = [used + more, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def bounded_prints(most: int = PRINTED) -> Iterator[None]:
    """Only the first `most` characters that are printed are shown: a page with millions of them does not open."""
    with redirect_stdout(_Bounded(sys.stdout, most)):
        yield


@contextmanager
def kept_kernel(function: Callable[..., Any]) -> Iterator[None]:
    """Where a notebook's `exit` and `quit` would end the kernel, they raise SystemExit, as everywhere else."""
    names = getattr(function, "__globals__", {})
    own = {name: names[name] for name in ("exit", "quit") if isinstance(names.get(name), _exit_calls())}
    names.update(dict.fromkeys(own, sys.exit))
    try:
        yield
    finally:
        names.update(own)


def _exit_calls() -> tuple[type, ...]:
    autocall = sys.modules.get("IPython.core.autocall")
    return (autocall.ExitAutocall,) if autocall else ()


class _Bounded:
    """A stream that takes so many characters and drops the rest; all else is as of the stream that it writes to."""

    def __init__(self, stream: TextIO, left: int):
        self._stream, self._left = stream, left

    def write(self, text: str) -> int:
        if self._left >= 0:
            self._stream.write(text[: self._left])
            self._left -= len(text)
            if self._left < 0:
                self._stream.write(_CUT)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
