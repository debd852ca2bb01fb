"""A call that ends: what a student wrote may loop for ever, and a notebook would hang without a word.

On Linux and macOS, in the main thread, where notebooks run their cells, the system's alarm interrupts Python, and
waiting, too (`sleep`, `input`). Elsewhere (Windows, another thread) a second thread asks Python to raise in the first
one: that ends loops of Python, but not one that catches everything (``except:``), and waiting only when it is over.

Leaves out what no Python can interrupt: one call into C that never comes back, as ``sum(itertools.count())``; there
only restarting the kernel helps. Leaves alone an import that is under way: it would stay half done.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from itertools import count
from random import randrange
from types import FrameType
from typing import Any

_AGAIN = 0.05  # seconds after which it is raised once more, where the code caught it
_LINES = 8  # up to so many lines further on


class TooSlow(BaseException):
    """The time is over. No Exception, so that ``except Exception`` in a loop does not catch it."""


def within(seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, and raise in it when the time is over.

    Args:
        seconds: of the clock.
        function: called with `arguments`.

    Returns: what the function returns.
    Raises: TooSlow, with the traceback of the place where it was.
    """
    is_main = threading.current_thread() is threading.main_thread()
    limited = _with_alarm if is_main and hasattr(signal, "setitimer") else _with_watch
    return limited(seconds, function, arguments)


def _with_alarm(seconds: float, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    def over(_signal: int, frame: FrameType | None) -> None:
        if not _may_stop(frame):
            return
        if next(times) == 0:
            raise TooSlow
        _raise_soon(frame)  # a bare `except:` took it: the signal comes in the same place each time, so go on a little

    times, tracer = count(), sys.gettrace()
    started, before = time.monotonic(), signal.signal(signal.SIGALRM, over)
    left, again = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        return function(*arguments)
    finally:
        sys.settrace(tracer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if left:  # somebody else's alarm, which goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 1e-3), again)


def _raise_soon(frame: FrameType | None) -> None:
    """Raise at one of the next lines, wherever it is: one of a loop's is outside its `try`."""
    lines = randrange(_LINES)

    def trace(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        nonlocal lines
        lines -= event == "line"
        if lines < 0 and _frame.f_code.co_filename != _HERE:
            raise TooSlow
        return trace

    while frame is not None and frame.f_code.co_filename != _HERE:
        frame.f_trace, frame = trace, frame.f_back
    sys.settrace(trace)


def _with_watch(seconds: float, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    thread, done = threading.get_ident(), threading.Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = _AGAIN
            if _may_stop(sys._current_frames().get(thread)):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TooSlow))

    threading.Thread(target=watch, daemon=True).start()
    try:
        return function(*arguments)
    finally:
        done.set()


def _may_stop(frame: FrameType | None) -> bool:
    """Is it the limited call that is running? Not this file, on the way in or out; nor an import, which would stay
    half done for good.
    """
    if frame is None or frame.f_code.co_filename == _HERE:
        return False
    files = set()
    while frame is not None:
        files.add(frame.f_code.co_filename)
        frame = frame.f_back
    return _HERE in files and not any(file.startswith("<frozen importlib") for file in files)


_HERE = within.__code__.co_filename
