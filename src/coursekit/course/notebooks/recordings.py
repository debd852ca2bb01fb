"""What a notebook's calls of `record` and `record_table` record: each number with its name and its kind.

Leaves out: judging (origins.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coursekit.course.notebooks.flow import Flow

Recorded = tuple[str, list[ast.expr], str]  # its name as a finding calls it, what may hold its value, its kind


def recorded_numbers(call: ast.Call, flow: Flow) -> Iterator[Recorded]:
    """The numbers that a call records; none if it is no such call."""
    what = called(call, flow)
    if what == "record":
        yield name_of(call), _values(call, "value"), _kind(call) or "exact"
    elif what == "record_table":
        kind = _kind(call) or "exact"
        for rows in _values(call, "rows"):
            yield from _rows(rows, flow, kind, frozenset())


def called(call: ast.Call, flow: Flow) -> str:
    """The function of `coursekit.notebook` that a call calls; empty for another one."""
    dotted = flow.dotted(call.func)
    return dotted.rpartition(".")[2] if dotted.startswith("coursekit.notebook") else ""


def name_of(call: ast.Call) -> str:
    """How a finding calls what a call records: its name, or the code that makes it."""
    first = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "name")][:1]
    return _quoted(first[0]) if first else "«»"


def _quoted(name: ast.expr) -> str:
    return f"«{name.value}»" if isinstance(name, ast.Constant) else f"«{ast.unparse(name)}»"


def _values(call: ast.Call, keyword: str) -> list[ast.expr]:
    """The second argument of a call; of one with stars, all that may hold it."""
    named = [given.value for given in call.keywords if given.arg == keyword]
    if named or (len(call.args) > 1 and not any(isinstance(a, ast.Starred) for a in call.args[:2])):
        return named or [call.args[1]]
    stars = [argument.value for argument in call.args if isinstance(argument, ast.Starred)]
    return [*stars, *(given.value for given in call.keywords if given.arg is None)]


def _kind(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "kind":
            return keyword.value.value if isinstance(keyword.value, ast.Constant) else ast.unparse(keyword.value)
    return ""


def _rows(rows: ast.expr, flow: Flow, kind: str, seen: frozenset[ast.AST]) -> Iterator[Recorded]:
    """The rows of a table, through dictionaries, what puts them together, and names."""
    if rows in seen:
        return
    seen |= {rows}
    if isinstance(rows, ast.Dict):
        for key, value in zip(rows.keys, rows.values):
            yield from [_row(key, value, flow, kind)] if key else _rows(value, flow, kind, seen)
    elif isinstance(rows, ast.DictComp):
        yield _row(rows.key, rows.value, flow, kind)
    elif isinstance(rows, ast.BinOp) and isinstance(rows.op, ast.BitOr):
        yield from _rows(rows.left, flow, kind, seen)
        yield from _rows(rows.right, flow, kind, seen)
    elif isinstance(rows, ast.Name) and (bound := [b.value for b in flow.bindings(rows) if b.value is not None]):
        for value in bound:
            yield from _rows(value, flow, kind, seen)
    else:
        yield _row(rows, rows, flow, kind)


def _row(name: ast.expr, row: ast.expr, flow: Flow, kind: str) -> Recorded:
    if isinstance(row, ast.Tuple) and len(row.elts) > 1 and not any(isinstance(e, ast.Starred) for e in row.elts[:2]):
        return _quoted(name), [row.elts[1]], kind
    if isinstance(row, ast.Call) and called(row, flow) == "Row":
        return _quoted(name), _values(row, "value"), _kind(row) or kind
    return _quoted(name), [row], kind
