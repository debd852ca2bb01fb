"""The gate of a notebook as it is committed: a thin narrative over the library, in as few cells as one can read.

A cell that must hold a longer function or a deeper loop says why in its metadata:
``{"tags": ["experiment"], "coursekit": {"reason": "…"}}``. That no outputs and no widgets are committed is `strip`'s.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks.code import bookkeeping, definitions, experiments, loop_depth, parsed, size
from coursekit.course.notebooks.read import Cell, Notebook

PARAMETERS = {"profile": "quick", "seed": None, "device": "auto", "checkpoint": ""}  # as committed; None: any number
MAXIMUM_CELLS = 32  # of code, without those that install, are exercises or are folded
MAXIMUM_BOOKKEEPING = 0.1  # of the lines that a student sees, and from so many lines on it is asked for:
ENOUGH_TO_JUDGE = 40
MAXIMUM_EXPERIMENTS = 6  # in a notebook that does not go deeper itself
MAXIMUM_LINES = 25  # of code in one function or class
MAXIMUM_LOOPS = 2  # nested
MAXIMUM_TOP = 40  # lines of a cell that run as they stand: neither definitions nor imports
MAXIMUM_IN_LOOPS = 15  # of them inside loops
MAXIMUM_DEFINED = 40  # lines of definitions in one cell
MAXIMUM_DEFINED_IN_ALL = 100  # in one notebook
_LIBRARY = "move it to src/coursekit and import it, or tag the cell 'experiment' with a reason in its metadata"
_DEEPER = "-a-fondo"
_SPLIT = f"move part of it to the notebook that goes deeper ({_DEEPER})"


def check(notebook: Notebook) -> Iterator[Finding]:
    """What is wrong with a committed notebook, cell by cell, and the cells that authors let stand."""
    yield from _whole(notebook)
    for cell in notebook.cells:
        if reason := _reason(cell):
            yield cell.mark("experiment", reason)
        yield from _cell(cell)


def _whole(notebook: Notebook) -> Iterator[Finding]:
    tagged = [cell for cell in notebook.cells if "parameters" in cell.tags]
    if len(tagged) != 1:
        remedy = "tag one cell 'parameters', with " + ", ".join(PARAMETERS)
        yield notebook.finding("parameters", f"{len(tagged)} cells have the tag", remedy)
    code = [cell for cell in notebook.cells if _is_judged(cell)]
    seen = [cell for cell in code if "hide-input" not in cell.tags]
    if len(seen) > MAXIMUM_CELLS:
        yield notebook.finding("code cells", f"{len(seen)}, more than {MAXIMUM_CELLS}", _SPLIT)
    yield from _books(notebook, [tree for cell in seen if "parameters" not in cell.tags and (tree := parsed(cell))])
    defined = sum(size(tree).defined for cell in code if not _reason(cell) and (tree := parsed(cell)))
    if defined > MAXIMUM_DEFINED_IN_ALL:
        problem = f"{defined} lines define functions and classes, more than {MAXIMUM_DEFINED_IN_ALL}"
        yield notebook.finding("definitions", problem, "move the longest to src/coursekit and import them")
    sections = {cell.title for cell in code if (tree := parsed(cell)) and experiments(tree)}
    if len(sections) > MAXIMUM_EXPERIMENTS and not notebook.path.stem.endswith(_DEEPER):
        problem = f"{len(sections)} sections train, time or read a longer run, more than {MAXIMUM_EXPERIMENTS}"
        yield notebook.finding("experiments", problem, _SPLIT)


def _books(notebook: Notebook, seen: list[ast.Module]) -> Iterator[Finding]:
    """A student reads what is computed; what is written down about it is folded."""
    lines = sum(held.top + held.defined for held in map(size, seen))
    books = sum(map(bookkeeping, seen))
    if lines >= ENOUGH_TO_JUDGE and books > MAXIMUM_BOOKKEEPING * lines:
        problem = f"{books} of {lines} visible lines of code record numbers or figures, more than a tenth"
        remedy = "move those calls to cells of their own, tagged 'hide-input'"
        yield notebook.finding("bookkeeping", problem, remedy)


def _cell(cell: Cell) -> Iterator[Finding]:
    if not _is_judged(cell):
        return
    tree = parsed(cell)
    if tree is None:
        yield cell.finding(_first_line(cell), "is not Python", "mend the cell")
        return
    if "parameters" in cell.tags:
        yield from _parameters(cell, tree)
    if "experiment" in cell.tags:
        if not _reason(cell):
            yield cell.finding("experiment", "gives no reason", 'add "coursekit": {"reason": "…"} to the metadata')
        return
    for definition, lines in definitions(tree, cell.node.source):
        if lines > MAXIMUM_LINES:
            yield cell.finding(definition, f"has {lines} lines of code, more than {MAXIMUM_LINES}", _LIBRARY)
    if (depth := loop_depth(tree)) > MAXIMUM_LOOPS:
        yield cell.finding(_first_line(cell), f"nests {depth} loops, more than {MAXIMUM_LOOPS}", _LIBRARY)
    held = size(tree)
    for lines, most, what in (
        (held.top, MAXIMUM_TOP, "run as they stand"),
        (held.in_loops, MAXIMUM_IN_LOOPS, "stand in loops"),
        (held.defined, MAXIMUM_DEFINED, "define functions and classes"),
    ):
        if lines > most:
            yield cell.finding(_first_line(cell), f"{lines} of its lines {what}, more than {most}", _LIBRARY)


def _parameters(cell: Cell, tree: ast.Module) -> Iterator[Finding]:
    """Each parameter is there, and has the value with which a student begins."""
    given = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name, value in PARAMETERS.items():
        if name not in given:
            yield cell.finding(name, "is no parameter", "define it in this cell")
            continue
        found = given[name].value if isinstance(given[name], ast.Constant) else ...
        if value is None and type(found) is not int:
            yield cell.finding(name, f"is {ast.unparse(given[name])}", "commit a whole number")
        elif value is not None and found != value:
            yield cell.finding(name, f"is {ast.unparse(given[name])}", f'commit "{value}": a student begins with it')


def _is_judged(cell: Cell) -> bool:
    """Exercises and the installation may do as they like."""
    return cell.node.cell_type == "code" and not {"install", "exercise"} & cell.tags


def _reason(cell: Cell) -> str:
    return cell.notes.get("reason", "").strip()


def _first_line(cell: Cell) -> str:
    return f"«{next((line.strip() for line in cell.node.source.splitlines() if line.strip()), '')[:50]}»"
