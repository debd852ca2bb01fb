"""A notebook's file, read and checked."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, Mark
from coursekit.course.layout import read_text
from coursekit.course.text.headings import title_of


@dataclass(frozen=True)
class Cell:
    """A cell of `notebook`: its position from 1, the heading of its section, and nbformat's node."""

    notebook: str
    number: int
    title: str
    node: Any

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self.node.metadata.get("tags", ()))

    @property
    def notes(self) -> dict[str, Any]:
        """What an author says about the cell to the gates: its metadata's table "coursekit"."""
        return self.node.metadata.get("coursekit", {})

    def finding(self, element: str, problem: str, remedy: str) -> Finding:
        return Finding(self.notebook, self.number, self.title, element, problem, remedy, "cell")

    def mark(self, element: str, reason: str) -> Mark:
        return Mark(self.notebook, self.number, self.title, element, reason, unit="cell")


@dataclass(frozen=True)
class Notebook:
    """A notebook as its gates are given it, read once. `name` is what findings call it."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        """The file as it is."""
        return read_text(self.path)

    @cached_property
    def node(self) -> Any:
        """The file as nbformat gives it; not to be changed.

        Raises:
            CourseError: if it is not a notebook.
        """
        return read_notebook(self.path)

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells, each under the last heading above it."""
        cells, title = [], ""
        for number, node in enumerate(self.node.cells, start=1):
            if node.cell_type == "markdown":
                title = title_of(node.source) or title
            cells.append(Cell(self.name, number, title, node))
        return cells

    def finding(self, element: str, problem: str, remedy: str) -> Finding:
        """A finding about the notebook as a whole."""
        return Finding(self.name, 0, "", element, problem, remedy, "cell")


def read_notebook(path: Path) -> Any:
    """The notebook as nbformat gives it.

    Raises:
        CourseError: if it is not a notebook, or begins with a byte-order mark, with which Jupyter does not open it.
    """
    import nbformat

    if path.read_bytes().startswith(BOM_UTF8):
        raise CourseError(f"{path.name}: begins with a byte-order mark: run `coursekit strip`, which drops it")
    text = read_text(path)
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        problem = str(error).splitlines()[0][:120]
        raise CourseError(f"{path.name}: not a valid notebook ({problem}): restore it from git") from error
    return notebook


def read_plain(path: Path) -> dict[str, Any]:
    """The notebook as its JSON says, each cell's source as one text: without nbformat, whose import takes a second.

    Raises:
        CourseError: if it has no list of cells.
    """
    text = read_text(path)
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell["metadata"].get("tags", [])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = str(error).splitlines()[0][:120]
        raise CourseError(f"{path.name}: not a valid notebook ({problem}): restore it from git") from error
    return notebook
