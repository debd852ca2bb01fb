"""A notebook's file, read and checked."""

from __future__ import annotations

import hashlib
import json
import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, Mark
from coursekit.course.layout import Layout, named, read_text
from coursekit.course.text.headings import title_of
from coursekit.root import find_root

INJECTED = "injected-parameters"  # the tag of the cell that papermill adds


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
    """The notebook as nbformat gives it, in format 4.5: each cell has an id, made of what it says where it had none.

    Raises:
        CourseError: if it is not a notebook, or begins with a byte-order mark, with which Jupyter does not open it.
    """
    import nbformat

    text = read_text(path)
    if path.read_bytes().startswith(BOM_UTF8):
        raise CourseError(f"{path.name}: begins with a byte-order mark: run `coursekit strip`, which drops it")
    try:
        notebook = _in_format_4_5(text)
        nbformat.validate(notebook)
    except Exception as error:
        raise _invalid(path, error) from error
    return notebook


def _in_format_4_5(text: str) -> Any:
    """A notebook of whatever format, some write 4.2 with ids. Ids that are sound stay."""
    import nbformat

    notebook = nbformat.reader.reads(text)
    if notebook.nbformat < 4:
        notebook = nbformat.convert(notebook, 4)
        for cell in notebook.cells:  # made by chance
            del cell["id"]
    known: set[str] = set()
    for cell in notebook.cells:
        made, again = cell.get("id"), 0
        while made in known or not isinstance(made, str) or not re.fullmatch("[a-zA-Z0-9_-]{1,64}", made):
            made = hashlib.sha256(f"{cell.cell_type} {again} {cell.source}".encode()).hexdigest()[:8]
            again += 1
        cell.id = made
        known.add(made)
    if (notebook.nbformat, notebook.nbformat_minor) > (4, 5):
        raise ValueError(f"its format, {notebook.nbformat}.{notebook.nbformat_minor}, is newer than 4.5")
    notebook.nbformat_minor = 5
    return notebook


def read_plain(path: Path) -> dict[str, Any]:
    """The notebook as its JSON says, each cell's source as one text: without nbformat, whose import takes a second.

    Raises:
        CourseError: if it cannot be read, or lacks the form of a notebook.
    """
    try:
        text = read_text(path)
    except CourseError as error:
        raise (_invalid(path, error) if named(path).startswith("build/") else error) from error
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            tags, outputs = cell["metadata"].get("tags", []), cell.get("outputs", [])
            if not isinstance(cell["cell_type"], str) or not all(isinstance(tag, str) for tag in tags):
                raise TypeError("a cell has no type, or tags that are no texts")
            if not all(isinstance(output.get("data", {}), dict) for output in outputs):
                raise TypeError("a cell shows what is no table of data")
        notebook["metadata"].get("coursekit", {}).get("outputs")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _invalid(path, error) from error
    return notebook


def _invalid(path: Path, error: Exception) -> CourseError:
    """What is wrong with a notebook's file, and what makes it anew: a run if it is an executed copy, else git."""
    name, problem = named(path), (str(error).splitlines() or ["it is empty"])[0][:120]
    if not name.startswith("build/"):
        return CourseError(f"{name}: not a valid notebook ({problem}): restore it from git")
    slug = Layout(find_root(path.parent)).module_of(path.name.partition(".")[0])
    again = f"coursekit {'record' if path.parent.name == 'record' else 'run'} {slug}"
    return CourseError(f"{name}: not a valid notebook ({problem.removeprefix(f'{name}: ')}): {again}")
