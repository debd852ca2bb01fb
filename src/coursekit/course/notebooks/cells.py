"""The gate of a notebook as it is committed: a thin narrative over the library, in as few cells as one can read.

A cell that must hold a longer function or a deeper loop says why in its metadata:
``{"tags": ["experiment"], "coursekit": {"reason": "…"}}``. That no outputs and no widgets are committed is `strip`'s.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks.code import definitions, experiments, loop_depth, parse
from coursekit.course.notebooks.read import Cell, Notebook

PARAMETERS = ("profile", "seed", "device", "checkpoint")
MAXIMUM_CELLS = 32  # of code, without those that install or are exercises
MAXIMUM_EXPERIMENTS = 6
MAXIMUM_LINES = 25  # of code in one function or class
MAXIMUM_LOOPS = 2  # nested
_LIBRARY = "move it to src/coursekit and import it, or tag the cell 'experiment' with a reason in its metadata"
_SPLIT = "move part of it to the notebook that goes deeper (-a-fondo)"


def check(notebook: Notebook) -> Iterator[Finding]:
    """What is wrong with a committed notebook, cell by cell, and the cells that authors let stand."""
    yield from _whole(notebook)
    for cell in notebook.cells:
        if reason := _reason(cell):
            yield cell.mark("experiment", reason)
        yield from _cell(cell)


def _whole(notebook: Notebook) -> Iterator[Finding]:
    tagged = [cell for cell in notebook.cells if "parameters" in _tags(cell)]
    if len(tagged) != 1:
        remedy = "tag one cell 'parameters', with " + ", ".join(PARAMETERS)
        yield notebook.finding("parameters", f"{len(tagged)} cells have the tag", remedy)
    code = [cell for cell in notebook.cells if _is_judged(cell)]
    if len(code) > MAXIMUM_CELLS:
        yield notebook.finding("code cells", f"{len(code)}, more than {MAXIMUM_CELLS}", _SPLIT)
    sections = {cell.title for cell in code if (tree := _tree(cell)) and experiments(tree)}
    if len(sections) > MAXIMUM_EXPERIMENTS:
        problem = f"{len(sections)} sections train, time or read a longer run, more than {MAXIMUM_EXPERIMENTS}"
        yield notebook.finding("experiments", problem, _SPLIT)


def _cell(cell: Cell) -> Iterator[Finding]:
    if not _is_judged(cell):
        return
    tree = _tree(cell)
    if tree is None:
        yield cell.finding(_first_line(cell), "is not Python", "mend the cell")
        return
    if "parameters" in _tags(cell):
        known = re.findall(r"^(\w+)\s*=", cell.node.source, re.MULTILINE)
        for missing in [parameter for parameter in PARAMETERS if parameter not in known]:
            yield cell.finding(missing, "is no parameter", "define it in this cell")
    if "experiment" in _tags(cell):
        if not _reason(cell):
            yield cell.finding("experiment", "gives no reason", 'add "coursekit": {"reason": "…"} to the metadata')
        return
    for definition, lines in definitions(tree, cell.node.source):
        if lines > MAXIMUM_LINES:
            yield cell.finding(definition, f"has {lines} lines of code, more than {MAXIMUM_LINES}", _LIBRARY)
    if (depth := loop_depth(tree)) > MAXIMUM_LOOPS:
        yield cell.finding(_first_line(cell), f"nests {depth} loops, more than {MAXIMUM_LOOPS}", _LIBRARY)


def _is_judged(cell: Cell) -> bool:
    """Exercises and the installation may do as they like."""
    return cell.node.cell_type == "code" and not {"install", "exercise"} & _tags(cell)


def _tree(cell: Cell) -> ast.Module | None:
    try:
        return parse(cell.node.source)
    except SyntaxError:
        return None


def _tags(cell: Cell) -> set[str]:
    return set(cell.node.metadata.get("tags", ()))


def _reason(cell: Cell) -> str:
    return cell.node.metadata.get("coursekit", {}).get("reason", "").strip()


def _first_line(cell: Cell) -> str:
    return f"«{next((line.strip() for line in cell.node.source.splitlines() if line.strip()), '')[:50]}»"
