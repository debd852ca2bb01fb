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

from coursekit.notebook.provenance import python_lines, tree_text

_RECORDING = {"recorded", "trained"}  # methods of `coursekit.notebook.lesson.Lesson`


@dataclass(frozen=True)
class _Statement:
    """A statement at the top level.

    Args:
        binds: names it binds.
        reads: names it reads when it runs; later, those that functions in it read when they are called.
        touches: names of what it may change in place: what is handed to a call, has a method called, an item set.
        is_sure: it binds whatever happens, so that what the names meant before no longer counts.
        is_fixed: what it binds does not change in place: a module, a function, a class, a number, a text, or the
            `Lesson` that `begin` gives.
    """

    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    later: frozenset[str]
    touches: frozenset[str]
    is_sure: bool
    is_fixed: bool


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


def experiment_names(cells: Iterable[str]) -> list[str]:
    """The names of the entries that a notebook records, where they are literals; none if a cell is not Python."""
    try:
        trees = [ast.parse(python_lines(cell)) for cell in cells]
    except SyntaxError:
        return []
    return [name for tree in trees for call in _calls(tree) if (name := _entry(call))]


def _slice(before: list[_Statement], call: ast.Call) -> str:
    """From each name back to the statements that gave it its value, and to what changed that since."""
    arguments = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    end = len(before)
    asked = {(name, end) for part in arguments for name in _all_reads(compile(ast.Expression(part), "call", "eval"))}
    kept: set[int] = set()
    todo = list(asked)
    while todo:
        for i in _sources(before, *todo.pop()):
            new = {(name, i) for name in before[i].reads} | {(name, end) for name in before[i].later}
            kept.add(i)
            todo += new - asked
            asked |= new
    wanted = {name for name, _ in asked}
    return "\n".join([*(_dump(before[i].node, wanted) for i in sorted(kept)), tree_text(call)])


def _sources(before: list[_Statement], name: str, place: int) -> Iterator[int]:
    """The statements before `place` that bind the name, back to a sure one, and what may have changed it since."""
    touched = []
    for i in reversed(range(place)):
        if name in before[i].touches:
            touched.append(i)
        if name in before[i].binds:
            yield i
            if before[i].is_sure:
                if not before[i].is_fixed:
                    yield from touched
                return
    yield from touched


def _dump(node: ast.stmt, wanted: set[str]) -> str:
    """The statement; of an import, only the names that are wanted."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return tree_text(node)
    names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in wanted]
    return f"{getattr(node, 'module', None)} {[tree_text(alias) for alias in names]}"


def _read(node: ast.stmt) -> _Statement:
    code = compile(ast.Module([node], []), "cell", "exec")
    steps = list(dis.get_instructions(code))
    own = (
        {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
        if isinstance(node, ast.For)
        else set()
    )
    is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
    return _Statement(
        node,
        binds=frozenset(step.argval for step in steps if step.opname == "STORE_NAME"),
        reads=frozenset(step.argval for step in steps if step.opname == "LOAD_NAME") - own,
        later=frozenset(name for inner in _inner(code) for name in _all_reads(inner)) - own,
        touches=frozenset() if is_definition else frozenset(_touched(node)),
        is_sure=not isinstance(node, ast.If | ast.Try | ast.While),
        is_fixed=is_definition or _is_fixed(node),
    )


def _touched(node: ast.stmt) -> Iterator[str]:
    for call in _calls(node):
        if not _is_output(call):
            yield from _handed(call)
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store):
            yield from _base(part)


def _is_fixed(node: ast.stmt) -> bool:
    """Is it `seed = 0`, or `lesson = begin(...)`?"""
    value = node.value if isinstance(node, ast.Assign) else None
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    constant = all(isinstance(part, ast.Constant) for part in parts)
    begins = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "begin"
    return constant or begins


def _handed(call: ast.Call) -> Iterator[str]:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
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


def _all_reads(code: CodeType) -> Iterator[str]:
    """The names that code reads from the top level, functions inside it included; their own variables are not."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            yield step.argval
    for inner in _inner(code):
        yield from _all_reads(inner)


def _inner(code: CodeType) -> Iterator[CodeType]:
    """The functions, classes and comprehensions that stand in a piece of code."""
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _entry(call: ast.Call) -> str | None:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in _RECORDING or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    return f"weights/{call.args[0].value}" if method == "trained" else call.args[0].value
