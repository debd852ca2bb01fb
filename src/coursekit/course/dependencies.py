"""What a recorded run depends on, of its notebook's code: the statements that its experiment reaches, and no others.

A figure's title may then change without a longer run becoming stale. Followed are names at the top level of the
notebook, from the experiment's through the statements that define them, to the names these use in turn.

Leaves out what goes by other ways than names: the state of a random generator (experiments set their own seed).
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType

from coursekit.provenance import python_lines

_RECORDING = {"recorded", "trained"}  # methods of `coursekit.notebook.Lesson`


@dataclass(frozen=True)
class _Statement:
    """A statement at the top level: the names it binds, and those it reads; of these, what it may change in place.

    `defines` says that it imports or defines what it binds: modules, functions and classes do not change in place.
    """

    node: ast.stmt
    binds: frozenset[str]
    defines: bool
    reads: frozenset[str]
    touches: frozenset[str]


def experiment_source(cells: Iterable[str], entry: str) -> str | None:
    """The part of a notebook's code that a recorded entry depends on, normalised.

    Args:
        cells: source of the code cells, in order.
        entry: name in recorded.json: that of `Lesson.recorded`, or "weights/" and that of `Lesson.trained`.

    Returns: text that changes exactly when one of the statements changes; None where the call cannot be found
        (its name is not a literal, or a cell is not Python): then only the whole notebook tells.
    """
    try:
        statements = [_read(node) for cell in cells for node in ast.parse(python_lines(cell)).body]
    except SyntaxError:
        return None
    for place, statement in enumerate(statements):
        for call in _calls(statement.node):
            if _entry(call) == entry:
                return _slice(statements[:place], call)
    return None


def _slice(before: list[_Statement], call: ast.Call) -> str:
    arguments = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    wanted = {name for part in arguments for name in _global_reads(compile(ast.Expression(part), "call", "eval"))}
    fixed = {name for statement in before if statement.defines for name in statement.binds}
    kept: set[int] = set()
    grown = True
    while grown:
        changing = wanted - fixed
        found = {
            i
            for i, statement in enumerate(before)
            if i not in kept and (wanted & statement.binds or changing & statement.touches)
        }
        wanted |= {name for i in found for name in before[i].reads}
        kept |= found
        grown = bool(found)
    return "\n".join(ast.dump(node) for node in [*(before[i].node for i in sorted(kept)), call])


def _read(node: ast.stmt) -> _Statement:
    touches: set[str] = set()
    defines = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
    if not defines:
        # what is handed to a call, or has a method called, may come out changed (a model that is trained);
        # what has an attribute or an item set does
        for call in _calls(node):
            if not _is_output(call):
                touches.update(_handed(call))
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store):
                touches.update(_base(part))
    code = compile(ast.Module([node], []), "cell", "exec")
    binds = frozenset(step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME")
    return _Statement(node, binds, defines, frozenset(_global_reads(code)), frozenset(touches))


def _handed(call: ast.Call) -> Iterator[str]:
    owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr not in _RECORDING else None
    for part in (owner, *call.args, *(keyword.value for keyword in call.keywords)):
        yield from _base(part)


def _base(part: ast.expr | None) -> Iterator[str]:
    """The name of what an attribute or an item belongs to."""
    while isinstance(part, ast.Attribute | ast.Subscript):
        part = part.value
    if isinstance(part, ast.Name):
        yield part.id


def _is_output(call: ast.Call) -> bool:
    """Calls that only show something: `print`, `record`, `record_figure`, and what belongs to a figure."""
    function = call.func
    while isinstance(function, ast.Attribute | ast.Subscript | ast.Call):
        function = function.func if isinstance(function, ast.Call) else function.value
    shown = {"print", "record", "record_figure", "show_source", "display", "plt", "figure", "axes", "panels"}
    return isinstance(function, ast.Name) and function.id in shown


def _global_reads(code: CodeType) -> Iterator[str]:
    """The names that code reads from the top level, functions inside it included; their own variables are not."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_reads(constant)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _entry(call: ast.Call) -> str | None:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in _RECORDING or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    return f"weights/{call.args[0].value}" if method == "trained" else call.args[0].value
