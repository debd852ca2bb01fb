"""What a recorded run depends on, of its notebook's code: the statements that its experiment reaches, and no others.

A figure's title may then change without a longer run becoming stale. Followed are names at the top level of the
notebook, from the experiment's through the statements that define them, to the names these use in turn; `reach` goes
on from there through the library.

Leaves out what goes by other ways than names: the state of a random generator (experiments set their own seed).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from coursekit.course.results.statements import Statement, Way, calls, imported, names_in, read_statements
from coursekit.notebook.provenance import as_python

_RECORDING = {"recorded", "trained"}  # methods of `coursekit.notebook.Lesson`


@dataclass(frozen=True)
class Experiment:
    """The part of a notebook that a recorded entry depends on.

    Args:
        statements: those that the experiment reaches, in order.
        call: `lesson.recorded("name", ...)` or `lesson.trained("name", ...)`.
        names: the names that they use; of an import among the statements only these count.
    """

    statements: tuple[Statement, ...]
    call: ast.Call
    names: frozenset[str]


def find_experiment(
    cells: Iterable[str], entry: str, is_frozen: Callable[[Way], bool] = lambda way: False
) -> Experiment | None:
    """What a recorded entry of a notebook depends on.

    Args:
        cells: source of the code cells, in order.
        entry: name in recorded.json: that of `Lesson.recorded`, or "weights/" and that of `Lesson.trained`.
        is_frozen: whether what an import binds is a class whose objects do not change (a frozen dataclass): no call
            that is handed one of them changes it.

    Returns: None where the call cannot be found (its name is not a literal, or a cell is not Python): then only the
        whole notebook tells.
    """
    try:
        statements = [statement for cell in cells for statement in _read_cell(cell)]
    except SyntaxError:
        return None
    for place, statement in enumerate(statements):
        for call in calls(statement.node):
            if entry_of(call) == entry:
                return _slice(statements[:place], call, is_frozen)
    return None


def experiment_names(cells: Iterable[str]) -> list[str]:
    """The names of the entries that a notebook records, where they are literals; none if a cell is not Python."""
    try:
        nodes = [statement.node for cell in cells for statement in _read_cell(cell)]
    except SyntaxError:
        return []
    return [name for node in nodes for call in calls(node) if (name := entry_of(call))]


@cache
def _read_cell(cell: str) -> list[Statement]:
    """The statements of a cell, read once for all the entries of its notebook."""
    return read_statements(as_python(cell))


def entry_of(call: ast.Call) -> str | None:
    """The entry of recorded.json that a call records or reads; None if it is no such call."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in _RECORDING or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    return f"weights/{call.args[0].value}" if method == "trained" else call.args[0].value


def _slice(before: Sequence[Statement], call: ast.Call, is_frozen: Callable[[Way], bool]) -> Experiment:
    """From each name back to the statements that gave it its value, and to what changed that since."""
    drawings = frozenset({"plt"})
    for statement in before:
        drawings |= statement.draws(drawings)
    touched = [statement.touches(drawings) for statement in before]
    ways = {name: way for statement in before if statement.is_import for name, way in imported(statement.node)}
    frozen = {name for name, way in ways.items() if is_frozen(way)}
    fixed = [statement.is_fixed or statement.calls_one_of(frozen) for statement in before]
    arguments = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    end = len(before)
    asked = {(name, end) for part in arguments for name in names_in(part)}
    kept: set[int] = set()
    todo = list(asked)
    while todo:
        for i in _sources(before, touched, fixed, *todo.pop()):
            new = {(name, i) for name in before[i].reads} | {(name, end) for name in before[i].later}
            kept.add(i)
            todo += new - asked
            asked |= new
    return Experiment(tuple(before[i] for i in sorted(kept)), call, frozenset(name for name, _ in asked))


def _sources(
    before: Sequence[Statement], touched: Sequence[frozenset[str]], fixed: Sequence[bool], name: str, place: int
) -> Iterator[int]:
    """The statements before `place` that bind the name, back to a sure one, and what may have changed it since."""
    since = []
    for i in reversed(range(place)):
        if name in touched[i]:
            since.append(i)
        if name in before[i].binds:
            yield i
            if before[i].is_sure:
                if not fixed[i]:
                    yield from since
                return
    yield from since
