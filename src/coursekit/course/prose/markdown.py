"""Markdown that renders as it reads: markdownlint over decks, notebooks' cells and pages, in one run."""

from __future__ import annotations

import re
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.course.prose.documents import Document
from coursekit.course.prose.prose import Prose
from coursekit.course.prose.tools import run_tool, tools_project

CONFIG = ".markdownlint-cli2.jsonc"
_BETWEEN = {"slide": "---\n", "cell": "\n", "line": ""}  # what stood between two passages
_ISSUE = re.compile(r"^(\d+)\.md:(\d+)(?::\d+)? (?:error |warning )?(MD\d+)\S* (.*)$", re.MULTILINE)
_REMEDY = f"mend the Markdown, or the rules in {CONFIG}"


def check(prose: Prose) -> Iterator[Finding]:
    """What markdownlint finds in the Markdown documents.

    Raises:
        CourseError: if Node.js or markdownlint-cli2 is missing or fails.
    """
    documents = [document for document in prose.documents if document.is_markdown]
    with tempfile.TemporaryDirectory(prefix="coursekit-") as name:
        folder = Path(name)
        for i, document in enumerate(documents):
            between = _BETWEEN[document.unit]
            text = between.join(passage.text for passage in document.passages)
            (folder / f"{i}.md").write_text(text, encoding="utf-8")
        arguments = ["--config", str(tools_project(prose.layout) / CONFIG), "*.md"]
        done = run_tool(prose.layout, "markdownlint-cli2/markdownlint-cli2-bin.mjs", arguments, folder)
    once = {(int(i), int(line), rule): text for i, line, rule, text in _ISSUE.findall(done.stderr)}
    if done.returncode and not once:
        raise CourseError(f"markdownlint-cli2 failed: {' '.join(done.stderr.split())[:400]}")
    issues = sorted((*place, text) for place, text in once.items())
    for i, line, rule, text in issues:
        yield _finding(documents[i], line, rule, text)


def _finding(document: Document, line: int, rule: str, text: str) -> Finding:
    """The finding in the passage that holds the line (from 1) of the joined text."""
    step = _BETWEEN[document.unit].count("\n")
    starts = [1]
    for passage in document.passages[:-1]:
        starts.append(starts[-1] + passage.text.count("\n") + step)
    index = bisect_right(starts, line) - 1
    passage = document.passages[index]
    lines = passage.text.splitlines(keepends=True)
    at = sum(map(len, lines[: line - starts[index]]))
    shown = lines[line - starts[index]].strip()[:60] if line - starts[index] < len(lines) else "---"
    return passage.finding(at, f"«{shown}»", f"{rule}: {text}", _REMEDY)
