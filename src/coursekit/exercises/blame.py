"""Whose fault an exception is, and in which line of the student's code."""

from __future__ import annotations

import linecache
import os
import sysconfig
from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from coursekit.exercises.answers import cut

_LIBRARIES = (
    f"{Path(__file__).parents[1]}{os.sep}",
    "<frozen",
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
)


class Watched:
    """A student's function that remembers what it raised: what is raised elsewhere is not its fault."""

    def __init__(self, function: Callable[..., Any]):
        self.function = function
        self.raised: BaseException | None = None
        self._trace: TracebackType | None = None  # from here inwards

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        try:
            return self.function(*arguments, **keywords)
        except BaseException as error:
            self.raised, self._trace = error, error.__traceback__
            raise

    def place(self) -> str:
        """The line of the student's code that it was raised in, in Spanish; empty where none was reached."""
        own = getattr(getattr(self.function, "__code__", None), "co_filename", None)
        found = ""
        for frame, line in walk_tb(self._trace):
            file = frame.f_code.co_filename
            if file == own or not file.startswith(_LIBRARIES):
                text = cut(linecache.getline(file, line).strip(), 80)
                found = f"línea {line}: {text}" if text else f"línea {line}"
        return found
