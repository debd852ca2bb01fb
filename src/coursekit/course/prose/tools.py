"""Run one of the Node tools that read prose, over the text of all documents at once."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.node import node_script, run_node
from coursekit.root import checkout

_TIMEOUT = 120  # seconds; a run takes about three


def tools_project(layout: Layout) -> Path:
    """The folder with package.json and the tools' configuration: the course's own, or else this checkout."""
    return layout.root if (layout.root / "package.json").is_file() else checkout()


def run_tool(layout: Layout, script: str, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``node node_modules/SCRIPT`` in `folder`; an exit code of 1 means that it found something.

    Raises:
        CourseError: if Node.js or the package is missing, or the tool itself failed.
    """
    path = node_script(tools_project(layout), script)
    name = script.partition("/")[0]
    done = run_node(path, arguments, folder=folder, seconds=_TIMEOUT, late=f"{name} took over {_TIMEOUT} s: try again")
    if done.returncode > 1:
        raise CourseError(f"{name} failed: {' '.join((done.stderr or done.stdout).split())[:400]}")
    return done
