"""Run Marp on one deck, for one output: a functional interface over `marp-cli` and this course's engine."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, FindingsError
from coursekit.course.layout import atomic_write
from coursekit.course.node import node_script, run_node

_PROBLEM = re.compile(r"^COURSEKIT-PROBLEM (\{.*\})$", re.MULTILINE)
_TIMEOUT = 300  # seconds; a deck takes about ten


def marp_script(project: Path) -> Path:
    """Marp's command line, beside its package.json.

    Raises:
        CourseError: if Node.js or the packages of package.json are missing.
    """
    return node_script(project, "@marp-team/marp-cli/marp-cli.js")


def run_marp(
    project: Path,
    deck: Path,
    output: Path,
    arguments: Sequence[str],
    context: Mapping[str, Any],
    browser: Path | None,
) -> None:
    """Render `deck` to `output`, which appears only when it is complete.

    Raises:
        FindingsError: for what the engine found wrong with the deck.
        CourseError: if Marp fails otherwise.
    """
    script = marp_script(project)
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder, atomic_write(output) as partial:
        described = Path(folder) / "context.json"
        described.write_text(json.dumps(context, ensure_ascii=False), encoding="utf-8")
        command = ["--config-file", str(project / "marp.config.mjs"), "--no-stdin"]
        command += [str(deck.resolve()), "--output", str(partial.resolve()), *arguments]
        command += ["--browser-path", str(browser)] if browser else []
        environment = {**os.environ, "COURSEKIT_DECK_CONTEXT": str(described)}
        late = f"{deck.stem}: Marp took over {_TIMEOUT} s for {output.name}: try again"
        run = run_node(script, command, folder=project, seconds=_TIMEOUT, late=late, environment=environment)
        problems = [json.loads(found) for found in _PROBLEM.findall(run.stderr)]
        if problems:
            raise FindingsError([Finding(deck.stem, problem.pop("slide"), **problem) for problem in problems])
        if run.returncode != 0 or not partial.is_file():
            raise CourseError(f"{deck.stem}: Marp could not write {output.name}: {_reason(run.stderr)}")


def _reason(stderr: str) -> str:
    text = " ".join(stderr.split())
    return text.partition("[ ERROR ]")[2].strip()[:400] or text[-400:] or "it gave no reason"
