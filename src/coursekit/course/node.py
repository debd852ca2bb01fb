"""Run a script of the course's Node packages: Marp for the decks, cspell and markdownlint for the prose."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.processes import Supervised


def node_script(project: Path, script: str) -> Path:
    """``node_modules/SCRIPT`` of a project ("cspell/bin.mjs").

    Raises:
        CourseError: if Node.js or the package is missing.
    """
    if shutil.which("node") is None:
        raise CourseError("Node.js is not installed: install version 20 or later (https://nodejs.org), then `npm ci`")
    path = project / "node_modules" / script
    if not path.is_file():
        raise CourseError(f"{path.parent.name} is not installed in {project}: run `npm ci` there")
    return path


def run_node(
    script: Path,
    arguments: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    late: str,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a script in `folder` and return what it said; whether it succeeded is for the caller to judge.

    Args:
        late: what to say if it takes over `seconds`, and is ended.
        environment: in place of this process's own.

    Raises:
        CourseError: with `late`.
    """
    command = ["node", str(script), *arguments]
    with Supervised(command, folder=folder, environment=environment) as running:
        try:
            return running.finish(seconds)
        except subprocess.TimeoutExpired as error:
            raise CourseError(late) from error
