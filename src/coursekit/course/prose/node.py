"""Run one of the Node tools that read prose, over the text of all documents at once."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
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
    project = tools_project(layout)
    path, name = project / "node_modules" / script, script.partition("/")[0]
    if shutil.which("node") is None:
        raise CourseError("Node.js is not installed: install version 20 or later (https://nodejs.org), then `npm ci`")
    if not path.is_file():
        raise CourseError(f"{name} is not installed in {project}: run `npm ci` there")
    try:
        done = subprocess.run(
            ["node", str(path), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise CourseError(f"{name} took over {_TIMEOUT} s: try again") from error
    if done.returncode > 1:
        raise CourseError(f"{name} failed: {' '.join((done.stderr or done.stdout).split())[:400]}")
    return done
