"""A statement at the top level of a notebook or a module: which names it binds, reads, and may change in place."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from coursekit.notebook.provenance import is_string_alone, tree_text

Way = tuple[str, tuple[str, ...]]  # from a module over attributes: ("coursekit.ssm", ("scan", "selective_scan"))
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# calls that only show something
_SHOWING = frozenset(
    {"print", "record", "record_drawing", "record_figure", "record_table", "Row", "show_source", "display", "plt"}
)
_AT_ONCE = "genexpr"  # runs where it stands, as a class does


class _Parts(NamedTuple):
    uses: frozenset[tuple[str, tuple[str, ...]]]
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    strings: frozenset[str]
    paths: frozenset[str]


@dataclass(frozen=True)
class Statement:
    """A statement at the top level. What is asked of it is found when it is asked.

    Args:
        node: its tree.
        source: its lines, where it has them for itself.
    """

    node: ast.stmt
    source: str = ""

    @cached_property
    def text(self) -> str:
        """Changes exactly when the statement does, but for docstrings, comments and formatting."""
        return tree_text(self.node)

    @cached_property
    def binds(self) -> frozenset[str]:
        """Names it binds."""
        node = self.node
        if isinstance(node, _DEFINITION):
            return frozenset([node.name])
        if isinstance(node, ast.Import | ast.ImportFrom):
            return frozenset(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        symbols = _symbols(self._table)
        return frozenset(symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported())

    @property
    def reads(self) -> frozenset[str]:
        """Names it reads when it runs. Names that only stand in annotations are none of them."""
        return self._names[0]

    @property
    def later(self) -> frozenset[str]:
        """Names that functions in it read when they are called."""
        return self._names[1]

    def touches(self, drawings: frozenset[str] = frozenset()) -> frozenset[str]:
        """Names of what it may change in place: what is handed to a call, has a method called, an item set.

        Args:
            drawings: names of figures and what belongs to them: what they are handed is only shown.
        """
        return frozenset() if self.defines else frozenset(_touched(self.node, _SHOWING | drawings))

    def draws(self, drawings: frozenset[str]) -> frozenset[str]:
        """Names that it gives to figures or to what belongs to them: ``figure, axes = plt.subplots()``."""
        found: set[str] = set()
        for part in _of_kind(self.node, ast.Assign | ast.For):
            value, targets = (part.iter, [part.target]) if isinstance(part, ast.For) else (part.value, part.targets)
            if {name.id for name in _of_kind(value, ast.Name)} & drawings and _is_drawing(value, drawings):
                found |= {name.id for target in targets for name in _of_kind(target, ast.Name)}
        return frozenset(found)

    @cached_property
    def sets(self) -> frozenset[str]:
        """Names of what it sets an attribute or an item of."""
        return frozenset() if self.defines else frozenset(_set(self.node))

    @property
    def is_sure(self) -> bool:
        """It binds whatever happens, so that what the names meant before no longer counts."""
        return not isinstance(self.node, ast.If | ast.Try | ast.While)

    @cached_property
    def is_fixed(self) -> bool:
        """What it binds does not change in place: a module, a function, a class, a number, a text, or the `Lesson`
        that `begin` gives.
        """
        return self.defines or _is_fixed(self.node)

    def calls_one_of(self, names: Collection[str]) -> bool:
        """Is it ``config = DecoderConfig(...)``, with the called name among `names`?"""
        value = self.node.value if isinstance(self.node, ast.Assign) else None
        return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in names

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def defines(self) -> bool:
        return self.is_import or isinstance(self.node, _DEFINITION)

    @property
    def uses(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        """Each name in it with the attributes that follow it: ``ssm.scan.f(x)`` gives ssm with (scan, f)."""
        return self._parts.uses

    @property
    def imports(self) -> tuple[ast.Import | ast.ImportFrom, ...]:
        """It or those inside it."""
        return self._parts.imports

    @property
    def strings(self) -> frozenset[str]:
        """The texts in it."""
        return self._parts.strings

    @property
    def paths(self) -> frozenset[str]:
        """The texts that may name a file: handed to a call, or put together with ``/``."""
        return self._parts.paths

    @cached_property
    def _parts(self) -> _Parts:
        return _take_apart(self.node)

    @cached_property
    def _table(self) -> symtable.SymbolTable:
        # the future import takes annotations out of the table, on every Python
        source = self.source or ast.unparse(self.node)
        if " for " in source:
            source = ast.unparse(_Generators().visit(ast.parse(source)))
        return symtable.symtable(f"from __future__ import annotations\n{source}", "cell", "exec")

    @cached_property
    def _names(self) -> tuple[frozenset[str], frozenset[str]]:
        node = self.node
        if self.is_import:
            return frozenset(), frozenset()
        reads = {symbol.get_name() for symbol in _symbols(self._table) if symbol.is_referenced()}
        later: set[str] = set()
        for child in self._table.get_children():
            _read_scope(child, reads, later)
        changed = {part.target.id for part in _of_kind(node, ast.AugAssign) if isinstance(part.target, ast.Name)}
        own = {name.id for name in _of_kind(node.target, ast.Name)} if isinstance(node, ast.For) else set()
        return frozenset((reads | changed & self.binds) - own), frozenset(later - own)


def read_statements(source: str) -> list[Statement]:
    """The statements of Python code, in order; strings that stand alone are none.

    Raises:
        SyntaxError: if it is not Python.
    """
    lines, last, statements = source.split("\n"), 0, []
    for node in ast.parse(source).body:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        own = "\n".join(lines[first - 1 : node.end_lineno]) if first > last and ";" not in lines[first - 1] else ""
        last = node.end_lineno
        if not is_string_alone(node):
            statements.append(Statement(node, own if own and ";" not in lines[last - 1] else ""))
    return statements


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return _of_kind(node, ast.Call)


def imported(node: ast.Import | ast.ImportFrom, package: str = "") -> Iterator[tuple[str, Way]]:
    """(the name that an import binds, what it stands for) of each name.

    Args:
        package: what a relative import is relative to.
    """
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            module = ".".join(part for part in (package if node.level else "", node.module) if part)
            yield alias.asname or alias.name, (module, (alias.name,))
        elif alias.asname:
            yield alias.asname, (alias.name, ())
        else:
            yield alias.name.partition(".")[0], (alias.name.partition(".")[0], ())


def names_in(node: ast.expr) -> frozenset[str]:
    """The names that an expression reads from the top level, now or later."""
    statement = Statement(ast.Expr(node))
    return statement.reads | statement.later


class _Generators(ast.NodeTransformer):
    """Comprehensions as generators, which are scopes of their own on every Python (lists are none since 3.12)."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)


def _symbols(table: symtable.SymbolTable) -> list[symtable.Symbol]:
    return [symbol for symbol in table.get_symbols() if symbol.get_name() != "annotations"]


def _read_scope(table: symtable.SymbolTable, reads: set[str], later: set[str]) -> None:
    """The names of the top level that a function, a class or a comprehension reads, and those in it in turn."""
    at_once = table.get_type() == "class" or table.get_name() == _AT_ONCE
    found = reads if at_once else later
    found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    for child in table.get_children():
        _read_scope(child, found, later)


def _of_kind(node: ast.AST, kind: type) -> Iterator:
    return (part for part in ast.walk(node) if isinstance(part, kind))


def _take_apart(node: ast.AST) -> _Parts:
    """All that is asked of a tree's nodes, in one walk."""
    uses, strings, paths, imports, todo = set(), set(), set(), [], [node]
    while todo:
        part = todo.pop()
        attributes, base = [], part
        while isinstance(base, ast.Attribute):
            attributes.append(base.attr)
            base = base.value
        if isinstance(base, ast.Name):
            uses.add((base.id, tuple(reversed(attributes))))
            continue
        for value in vars(base).values():
            todo += [child for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST)]
        if isinstance(base, ast.Import | ast.ImportFrom):
            imports.append(base)
        elif _is_text(base):
            strings.add(base.value)
        elif isinstance(base, ast.Call):
            handed = [*base.args, *(keyword.value for keyword in base.keywords)]
            paths |= {argument.value for argument in handed if _is_text(argument)}
        elif isinstance(base, ast.BinOp) and isinstance(base.op, ast.Div):
            paths |= set(_tails(base))
    return _Parts(frozenset(uses), tuple(imports), frozenset(strings), frozenset(paths))


def _tails(node: ast.BinOp) -> Iterator[str]:
    """Of ``root / "a" / "b.txt"``: "b.txt" and "a/b.txt"."""
    tail, base = [], node
    while isinstance(base, ast.BinOp) and isinstance(base.op, ast.Div) and _is_text(base.right):
        tail, base = [base.right.value, *tail], base.left
        yield "/".join(tail)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _touched(node: ast.stmt, showing: frozenset[str]) -> Iterator[str]:
    for call in calls(node):
        if _root(call) not in showing:
            yield from _handed(call)
    yield from _set(node)


def _set(node: ast.stmt) -> Iterator[str]:
    for part in _of_kind(node, ast.Attribute | ast.Subscript):
        if isinstance(part.ctx, ast.Store | ast.Del):
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
    while isinstance(part, ast.Attribute | ast.Subscript | ast.Starred):
        part = part.value
    if isinstance(part, ast.Name):
        yield part.id


def _root(part: ast.expr) -> str:
    """The name that a chain of calls, attributes and items begins with; "" if it begins with something else."""
    while isinstance(part, ast.Attribute | ast.Subscript | ast.Call):
        part = part.func if isinstance(part, ast.Call) else part.value
    return part.id if isinstance(part, ast.Name) else ""


def _is_drawing(value: ast.expr, drawings: frozenset[str]) -> bool:
    """Is a value a drawing, or several side by side (``zip(panels, names)``, ``enumerate(axes.flat)``)?"""
    if isinstance(value, ast.Call) and _root(value) in {"zip", "enumerate", "list"}:
        return any(_root(argument) in drawings for argument in value.args)
    return _root(value) in drawings
