"""Run a command, and end it with all that it started when whoever asked for it is gone.

``python -m coursekit.course.supervise COMMAND …`` has a pipe from the builder as its standard input. However the
builder ends, by itself, by a signal, by SIGKILL, the pipe closes: then the command's whole family is ended. What the
command leaves behind when it ends by itself is ended, too.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading

_ending = threading.Event()  # the builder is gone: how the command ended is no longer its own doing
_SET_CHILD_SUBREAPER = 36  # of Linux' prctl: orphans of the family become children of this process


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    _adopt_orphans()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_the_builder, daemon=True).start()
    code = child.wait()
    end_family(os.getpid())
    if _ending.is_set():  # the other thread may have read the code first, and Popen then says 0
        return 1
    return code if code >= 0 else 128 - code


def end_family(pid: int) -> None:
    """End all that a process has started, and what these start meanwhile; not the process itself."""
    import psutil

    while True:
        try:
            family = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return
        alive = [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE]
        if not alive:
            return
        for member in alive:
            try:
                member.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(alive, timeout=2)


def _end_with_the_builder() -> None:
    while os.read(0, 1024):
        continue
    _ending.set()
    end_family(os.getpid())
    os._exit(1)


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
