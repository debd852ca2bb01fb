"""Where the names of a notebook get their values: what is bound, by what, and under which condition.

Reads the code cells as one program, in order, and runs nothing. Leaves out: judging (origins.py, outside.py), and what
goes by other ways than names (attributes of objects, files).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_CHANGES = {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "push"}  # methods of containers


@dataclass(frozen=True)
class Binding:
    """One thing that may give a name its value.

    Attributes:
        value: the expression; of a loop or of an unpacked tuple, what it is one of; None: nothing that one can see.
        under: what decides whether it happens at all: the tests and the loops around it.
        place: its position in the notebook, in the order in which the cells run.
        imported: the dotted name that an import binds.
        function: the function that a `def` binds.
        changes: it changes what is there already (``x += 1``, ``x.append(y)``) and does not replace it.
        handed: a call hands it over, as the value of a parameter: each call is a value of its own.
    """

    value: ast.expr | None = None
    under: tuple[ast.expr | None, ...] = ()
    place: int = 0
    imported: str = ""
    function: ast.AST | None = None
    changes: bool = False
    handed: bool = False


@dataclass
class _Scope:
    """Where names live: the notebook, a function, or a comprehension, which runs at once where it stands."""

    parent: _Scope | None = None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    at_once: bool = False

    @property
    def home(self) -> _Scope:
        return self.parent.home if self.at_once and self.parent else self

    def holding(self, name: str) -> _Scope | None:
        scope: _Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope


class Flow:
    """The names of a notebook.

    Args:
        trees: the syntax trees of its code cells, in order.

    Attributes:
        ends: the place at which each of them ends.
    """

    def __init__(self, trees: Iterable[ast.Module]):
        self._top = _Scope()
        self._used: dict[ast.AST, tuple[_Scope, int, list[int] | None]] = {}  # scope, place, the loop around it
        self._calls: dict[str, list[ast.Call]] = {}
        self._called: dict[ast.AST, str] = {}  # the names of functions
        self._returns: dict[ast.AST, list[Binding]] = {}
        self._place = 0
        self._later: list[tuple[ast.AST, _Scope]] = []
        self.ends: list[int] = []
        for tree in trees:
            for statement in tree.body:
                self._visit(statement, self._top, (), None, None)
            self.ends.append(self._place)
        for function, scope in self._later:
            self._bind_parameters(function, scope)

    def bindings(self, name: ast.Name) -> list[Binding]:
        """What may have given the name its value where it is used; empty for one that the notebook does not bind."""
        scope, place, loop = self._used.get(name, (self._top, self._place, None))
        held = scope.holding(name.id)
        if held is None:
            return []
        found = held.names[name.id]
        if held.home is not scope.home:
            return found  # a function runs whenever it is called
        end = loop[1] if loop else place
        before = [b for b in found if b.place < place or (loop and loop[0] <= b.place <= end)]
        sure = [i for i, b in enumerate(before) if not b.under and not b.changes and b.place < place]
        return before[sure[-1] :] if sure else before

    def shared(self, name: ast.Name) -> list[Binding]:
        """All that ever gives the name its value, if it is the notebook's and no function's own; else nothing.

        What another cell does to it counts, too: ``x.append(y)``.
        """
        scope = self._used[name][0] if name in self._used else self._top
        return self._top.names[name.id] if scope.holding(name.id) is self._top else []

    def dotted(self, expression: ast.expr) -> str:
        """``numpy.random.rand`` of ``np.random.rand``, ``builtins.sum`` of ``sum``; "" for what is neither."""
        tail: list[str] = []
        while isinstance(expression, ast.Attribute):
            tail.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return ""
        bound = self.bindings(expression)
        if not bound:
            return f"builtins.{expression.id}" if hasattr(builtins, expression.id) and not tail else ""
        last = bound[-1]
        if last.imported:
            return ".".join([last.imported, *reversed(tail)])
        if isinstance(last.value, ast.Name | ast.Attribute) and last.value is not expression:
            alias = self.dotted(last.value)
            return ".".join([alias, *reversed(tail)]) if alias else ""
        return ""

    def function(self, expression: ast.expr) -> ast.AST | None:
        """The `def` or `lambda` of this notebook that an expression stands for."""
        if isinstance(expression, ast.Lambda):
            return expression
        if not isinstance(expression, ast.Name):
            return None
        bound = self.bindings(expression)
        if not bound:
            return None
        return bound[-1].function or (bound[-1].value if isinstance(bound[-1].value, ast.Lambda) else None)

    def returns(self, function: ast.AST) -> list[Binding]:
        """What a function of this notebook may return, each under what decides it."""
        return self._returns.get(function, [])

    def _visit(self, node: ast.AST, scope: _Scope, under: tuple, loop: list[int] | None, function) -> None:
        self._place += 1
        if isinstance(node, ast.Name):
            self._used[node] = (scope, self._place, loop)
            return
        visit = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if visit:
            visit(node, scope, under, loop, function)
        elif isinstance(node, _SCOPES):
            self._function(node, scope)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, scope, loop, function)
        elif isinstance(node, _LOOPS):
            self._loop(node, scope, under, loop, function)
        else:
            for child in ast.iter_child_nodes(node):
                self._visit(child, scope, under, loop, function)

    def _each(self, nodes: Iterable[ast.AST | None], *state) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, *state)

    def _bind(
        self, target: ast.AST, value: ast.expr | None, scope: _Scope, under: tuple, changes: bool = False
    ) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            same = same and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
            for i, part in enumerate(target.elts):
                self._bind(part, value.elts[i] if same else value, scope, under, changes)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, scope, under, changes)
        elif isinstance(target, ast.Name):
            scope.names.setdefault(target.id, []).append(Binding(value, under, self._place, changes=changes))
        elif isinstance(target, ast.Subscript | ast.Attribute):  # x[i] = …: x is changed
            base = target
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                self._change(base, value, scope, under)

    def _change(self, name: ast.Name, value: ast.expr | None, scope: _Scope, under: tuple) -> None:
        held = scope.holding(name.id)
        if held is not None:
            held.names[name.id].append(Binding(value, under, self._place, changes=True))

    def _visit_assign(self, node: ast.Assign, scope, under, loop, function) -> None:
        self._visit(node.value, scope, under, loop, function)
        self._each(node.targets, scope, under, loop, function)
        for target in node.targets:
            self._bind(target, node.value, scope, under)
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Lambda):
                self._called[node.value] = target.id

    def _visit_annassign(self, node: ast.AnnAssign, scope, under, loop, function) -> None:
        if node.value is not None:
            self._each([node.value, node.target], scope, under, loop, function)
            self._bind(node.target, node.value, scope, under)

    def _visit_namedexpr(self, node: ast.NamedExpr, scope, under, loop, function) -> None:
        self._visit(node.value, scope, under, loop, function)
        self._bind(node.target, node.value, scope, under)

    def _visit_augassign(self, node: ast.AugAssign, scope, under, loop, function) -> None:
        self._each([node.value, node.target], scope, under, loop, function)
        if isinstance(node.target, ast.Name):
            held = scope.holding(node.target.id) or scope
            bound = held.names.setdefault(node.target.id, [])
            bound.append(Binding(node.value, under, self._place, changes=True))
        else:
            self._bind(node.target, node.value, scope, under)

    def _visit_if(self, node: ast.If, scope, under, loop, function) -> None:
        self._visit(node.test, scope, under, loop, function)
        self._each([*node.body, *node.orelse], scope, (*under, node.test), loop, function)

    def _visit_try(self, node: ast.Try, scope, under, loop, function) -> None:
        self._each([*node.body, *node.orelse, *node.handlers], scope, (*under, None), loop, function)
        self._each(node.finalbody, scope, under, loop, function)

    _visit_trystar = _visit_try

    def _visit_match(self, node: ast.Match, scope, under, loop, function) -> None:
        self._visit(node.subject, scope, under, loop, function)
        self._each(node.cases, scope, (*under, node.subject), loop, function)

    def _visit_with(self, node: ast.With, scope, under, loop, function) -> None:
        for item in node.items:
            self._visit(item.context_expr, scope, under, loop, function)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, item.context_expr, scope, under)
        self._each(node.body, scope, under, loop, function)

    _visit_asyncwith = _visit_with

    def _visit_import(self, node: ast.Import, scope, under, loop, function) -> None:
        for alias in node.names:
            first = alias.name.partition(".")[0]
            bound = Binding(place=self._place, imported=alias.name if alias.asname else first)
            scope.names.setdefault(alias.asname or first, []).append(bound)

    def _visit_importfrom(self, node: ast.ImportFrom, scope, under, loop, function) -> None:
        for alias in node.names:
            bound = Binding(place=self._place, imported=f"{node.module or ''}.{alias.name}")
            scope.names.setdefault(alias.asname or alias.name, []).append(bound)

    def _visit_classdef(self, node: ast.ClassDef, scope, under, loop, function) -> None:
        scope.names.setdefault(node.name, []).append(Binding(None, under, self._place))
        inner = _Scope(scope)
        self._each(node.body, inner, (), None, None)

    def _visit_return(self, node: ast.Return, scope, under, loop, function) -> None:
        if node.value is not None:
            self._visit(node.value, scope, under, loop, function)
            self._returns.setdefault(function, []).append(Binding(node.value, under, self._place))

    def _visit_call(self, node: ast.Call, scope, under, loop, function) -> None:
        self._each(ast.iter_child_nodes(node), scope, under, loop, function)
        if isinstance(node.func, ast.Name):
            self._calls.setdefault(node.func.id, []).append(node)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            changes = node.func.attr in _CHANGES
            for value in [*node.args, *(keyword.value for keyword in node.keywords)] if changes else ():
                self._change(node.func.value, value, scope, under)

    def _function(self, node, scope: _Scope) -> None:
        if not isinstance(node, ast.Lambda):
            self._called[node] = node.name
            scope.names.setdefault(node.name, []).append(Binding(place=self._place, function=node))
        inner = _Scope(scope)
        for argument in _parameters(node.args):
            inner.names[argument.arg] = []
        self._later.append((node, inner))
        self._each([*node.args.defaults, *node.args.kw_defaults], scope, (), None, None)
        if isinstance(node, ast.Lambda):
            self._visit(node.body, inner, (), None, node)
            self._returns[node] = [Binding(node.body)]
        else:
            self._each(node.body, inner, (), None, node)

    def _bind_parameters(self, node, scope: _Scope) -> None:
        """What the calls of this notebook hand over, and the defaults."""
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        values: dict[str, list[ast.expr]] = {argument.arg: [] for argument in _parameters(arguments)}
        for argument, default in zip(reversed(positional), reversed(arguments.defaults)):
            values[argument.arg].append(default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            values[argument.arg] += [default] if default is not None else []
        for call in self._calls.get(self._called.get(node, ""), []):
            for argument, value in zip(positional, call.args):
                values[argument.arg].append(value)
            for keyword in call.keywords:
                if keyword.arg in values:
                    values[keyword.arg].append(keyword.value)
        for name, given in values.items():
            scope.names[name] = [*(Binding(value, handed=True) for value in given or [None]), *scope.names[name]]

    def _comprehension(self, node, scope: _Scope, loop, function) -> None:
        inner = _Scope(scope, at_once=True)
        for i, generator in enumerate(node.generators):
            self._visit(generator.iter, inner if i else scope, (), loop, function)
            self._visit(generator.target, inner, (), loop, function)
            self._bind(generator.target, generator.iter, inner, ())
            self._each(generator.ifs, inner, (), loop, function)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._each(parts, inner, (), loop, function)

    def _loop(self, node, scope: _Scope, under: tuple, loop, function) -> None:
        decides = node.test if isinstance(node, ast.While) else node.iter
        span = loop or [self._place, self._place]
        self._visit(decides, scope, under, loop, function)
        if not isinstance(node, ast.While):
            self._visit(node.target, scope, under, span, function)
            self._bind(node.target, node.iter, scope, under)
        self._each(node.body, scope, (*under, decides), span, function)
        if loop is None:
            span[1] = self._place
        self._each(node.orelse, scope, under, loop, function)


def _parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None)
