"""The gate of a notebook as it is committed: a thin narrative over the library, in as few cells as one can read.

A cell that must hold a longer function or a deeper loop says why in its metadata:
``{"tags": ["experiment"], "coursekit": {"reason": "…"}}``. That no outputs and no widgets are committed is `strip`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursekit.course.finding import Finding
from coursekit.course.layout import Layout
from coursekit.course.notebooks.code import definitions, experiments, loop_depth, parse
from coursekit.course.notebooks.read import read_notebook
from coursekit.course.text.headings import title_of

PARAMETERS = ("profile", "seed", "device", "checkpoint")
MAXIMUM_CELLS = 32  # of code, without those that install or are exercises
MAXIMUM_EXPERIMENTS = 6
MAXIMUM_LINES = 25  # of code in one function or class
MAXIMUM_LOOPS = 2  # nested
_LIBRARY = "move it to src/coursekit and import it, or tag the cell 'experiment' with a reason in its metadata"
_SPLIT = "move part of it to the notebook that goes deeper (-a-fondo)"


def check_notebook(layout: Layout, path: Path) -> list[Finding]:
    """What is wrong with a committed notebook, cell by cell.

    Raises:
        CourseError: if it is not a notebook (nbformat does not accept it).
    """
    name = layout.relative(path)
    cells = list(_titled(read_notebook(path).cells))
    return [*_whole(name, cells), *(finding for cell in cells for finding in _cell(name, *cell))]


def reasons(layout: Layout, path: Path) -> list[Finding]:
    """The cells that authors let stand, with their reasons: for a person to judge."""
    return [
        Finding(layout.relative(path), number, title, "experiment", _reason(cell), "", "cell")
        for number, title, cell in _titled(read_notebook(path).cells)
        if _reason(cell)
    ]


def _titled(cells: list[Any]) -> Iterator[tuple[int, str, Any]]:
    """(position from 1, the section's heading, cell)."""
    title = ""
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "markdown":
            title = title_of(cell.source) or title
        yield number, title, cell


def _whole(name: str, cells: list[tuple[int, str, Any]]) -> Iterator[Finding]:
    tagged = [cell for _, _, cell in cells if "parameters" in _tags(cell)]
    if len(tagged) != 1:
        remedy = "tag one cell 'parameters', with " + ", ".join(PARAMETERS)
        yield Finding(name, 0, "", "parameters", f"{len(tagged)} cells have the tag", remedy, "cell")
    code = [(n, t, c) for n, t, c in cells if c.cell_type == "code" and not {"install", "exercise"} & _tags(c)]
    if len(code) > MAXIMUM_CELLS:
        yield Finding(name, 0, "", "code cells", f"{len(code)}, more than {MAXIMUM_CELLS}", _SPLIT, "cell")
    sections = {title for _, title, cell in code if (tree := _tree(cell)) and experiments(tree)}
    if len(sections) > MAXIMUM_EXPERIMENTS:
        problem = f"{len(sections)} sections train, time or read a longer run, more than {MAXIMUM_EXPERIMENTS}"
        yield Finding(name, 0, "", "experiments", problem, _SPLIT, "cell")


def _cell(name: str, number: int, title: str, cell: Any) -> Iterator[Finding]:
    if cell.cell_type != "code" or {"install", "exercise"} & _tags(cell):
        return
    tree = _tree(cell)
    if tree is None:
        yield Finding(name, number, title, _first_line(cell), "is not Python", "mend the cell", "cell")
        return
    if "parameters" in _tags(cell):
        known = re.findall(r"^(\w+)\s*=", cell.source, re.MULTILINE)
        for missing in [parameter for parameter in PARAMETERS if parameter not in known]:
            yield Finding(name, number, title, missing, "is no parameter", "define it in this cell", "cell")
    if "experiment" in _tags(cell):
        if not _reason(cell):
            remedy = 'add "coursekit": {"reason": "…"} to the metadata'
            yield Finding(name, number, title, "experiment", "gives no reason", remedy, "cell")
        return
    for definition, lines in definitions(tree, cell.source):
        if lines > MAXIMUM_LINES:
            problem = f"has {lines} lines of code, more than {MAXIMUM_LINES}"
            yield Finding(name, number, title, definition, problem, _LIBRARY, "cell")
    if (depth := loop_depth(tree)) > MAXIMUM_LOOPS:
        problem = f"nests {depth} loops, more than {MAXIMUM_LOOPS}"
        yield Finding(name, number, title, _first_line(cell), problem, _LIBRARY, "cell")


def _tree(cell: Any) -> Any:
    try:
        return parse(cell.source)
    except SyntaxError:
        return None


def _tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _reason(cell: Any) -> str:
    return cell.metadata.get("coursekit", {}).get("reason", "").strip()


def _first_line(cell: Any) -> str:
    return f"«{next((line.strip() for line in cell.source.splitlines() if line.strip()), '')[:50]}»"
