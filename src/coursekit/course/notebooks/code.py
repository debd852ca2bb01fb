"""What a notebook's code cells define and run: algorithms that belong in the library, and experiments.

Leaves out: judging. cells.py says how much is too much.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.course.notebooks.read import Cell
from coursekit.notebook.docstrings import DEFINITIONS, docstrings
from coursekit.notebook.provenance import as_python

# What an experiment calls: it trains, it times, or it reads a longer run.
_EXPERIMENTS = {"train", "trained", "recorded", "interleaved", "play"}
_BOOKS = re.compile(r"record(_|$)")  # record, record_table ...; `recorded` reads a longer run
_SIMPLE = ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return
_LOOPS = (ast.For, ast.While, ast.AsyncFor)


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell, without its magics.

    Raises:
        SyntaxError: if the cell is not Python, not even to IPython.
    """
    try:
        return ast.parse(as_python(source))
    except (ValueError, RecursionError, MemoryError) as error:  # a NUL; nested too deep for Python itself
        raise SyntaxError(str(error)) from error


def parsed(cell: Cell) -> ast.Module | None:
    """The syntax tree of a code cell; None for another cell, and for one that is not Python."""
    try:
        return parse(cell.node.source) if cell.node.cell_type == "code" else None
    except SyntaxError:
        return None


def definitions(tree: ast.Module, source: str) -> Iterator[tuple[str, int]]:
    """(name, lines of code) of each function and class: blank lines, comments and docstrings do not count."""
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            yield node.name, _code_lines(node, as_python(source).splitlines())


@dataclass(frozen=True)
class Size:
    """Lines of code of a cell, without imports, docstrings and comments: of definitions (`defined`), and of what runs
    as it stands (`top`), some of them inside loops (`in_loops`). A line counts for as many as it has statements.
    """

    defined: int
    top: int
    in_loops: int


def size(tree: ast.Module) -> Size:
    """How much code a cell holds, however its lines are broken."""
    lines = {True: 0, False: 0}
    loops = 0
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        lines[isinstance(node, DEFINITIONS)] += _lines(node)
        if not isinstance(node, DEFINITIONS):
            loops += sum(_lines(loop) for loop in _outermost_loops(node))
    return Size(lines[True], lines[False], loops)


def _outermost_loops(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, _LOOPS):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _outermost_loops(child)


def _lines(node: ast.stmt) -> int:
    """Lines with code of a statement: those that its parts begin or end in; at least one a statement."""
    silent = {id(string) for _, docstring in docstrings(node) for string in ast.walk(docstring)}
    parts = [part for part in ast.walk(node) if isinstance(part, ast.stmt | ast.expr) and id(part) not in silent]
    used = {line for part in parts for line in (part.lineno, part.end_lineno)}
    return max(len(used), sum(isinstance(part, ast.stmt) for part in parts))


def loop_depth(node: ast.AST) -> int:
    """How deep the loops are nested; a comprehension is no loop."""
    inner = max((loop_depth(child) for child in ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, _LOOPS)


def experiments(tree: ast.Module) -> bool:
    """Whether the cell trains, times or reads a longer run."""
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(getattr(func, "id", getattr(func, "attr", "")) in _EXPERIMENTS for func in called)


def bookkeeping(tree: ast.Module) -> int:
    """Lines of the innermost statements that call a function whose name begins with `record`: they keep the books."""
    return sum(_lines(node) for node in ast.walk(tree) if isinstance(node, _SIMPLE) and _keeps_books(node))


def _keeps_books(node: ast.AST) -> bool:
    called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(_BOOKS.match(getattr(func, "id", getattr(func, "attr", ""))) for func in called)


def _code_lines(node: ast.AST, lines: list[str]) -> int:
    silent = {n for _, docstring in docstrings(node) for n in range(docstring.lineno, docstring.end_lineno + 1)}
    numbered = enumerate(lines[node.lineno - 1 : node.end_lineno], start=node.lineno)
    return sum(n not in silent and bool(line.strip()) and not line.strip().startswith("#") for n, line in numbered)
