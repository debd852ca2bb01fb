"""The processes that the builder starts: each under a supervisor that ends its whole family when the builder ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_SECONDS = 10  # that a supervisor may take to end a family; it takes a fraction of one
_running: set[Supervised] = set()
_lock = threading.Lock()


class Supervised:
    """A running command, with its output as text; leave the block, and nothing of it is left.

    Args:
        command: a program and its arguments.
        folder: where it runs.
        environment: in place of this process's own.
    """

    def __init__(self, command: Sequence[str], *, folder: Path | str, environment: Mapping[str, str] | None = None):
        reading, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "coursekit.course.supervise", *map(_argument, command)],
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            cwd=folder,
            start_new_session=True,  # no signal to the builder's group ends the supervisor before the family
        )
        os.close(reading)
        _running.add(self)

    @property
    def stdout(self) -> IO[str]:
        return self._process.stdout

    def finish(self, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
        """Wait for its end, and return what it said.

        Raises:
            subprocess.TimeoutExpired: after `seconds`.
        """
        said, complained = self._process.communicate(timeout=seconds)
        return subprocess.CompletedProcess(self._process.args, self._process.returncode, said, complained)

    def end(self) -> None:
        """End it with all that it started. Safe to call twice, and from any thread."""
        with _lock:
            still = self in _running
            _running.discard(self)
        if still:
            os.close(self._pipe)
            try:
                self._process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def __enter__(self) -> Supervised:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
        self._process.stdout.close()
        self._process.stderr.close()


def _argument(text: str) -> str | bytes:
    """An argument in UTF-8, whatever the system's encoding is."""
    return text if os.name == "nt" else text.encode("utf-8", "surrogateescape")


def end_all() -> None:
    """End everything that was started and still runs."""
    for running in list(_running):
        running.end()


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does: what it started ends first."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
