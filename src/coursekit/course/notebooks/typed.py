"""Whether a value of a notebook was typed: numbers that somebody wrote, and sums, lists and names of such numbers.

One thing that is computed makes the whole computed: a call of the library, of a function that calculates (`log2`,
`range`), an import, a parameter of the notebook; also a test or a loop that decides over it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from coursekit.course.notebooks.flow import Binding, Flow

# What only hands numbers on, rounds them or puts them together.
_BUILTINS = {
    *("abs", "complex", "dict", "divmod", "enumerate", "filter", "float", "format", "frozenset", "int", "iter", "len"),
    *("list", "max", "min", "next", "pow", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"),
}
_PACKAGES = {"numpy", "torch", "statistics", "math", "decimal", "fractions", "collections", "types", "operator", "copy"}
_HANDS_ON = {
    *("Decimal", "Fraction", "OrderedDict", "SimpleNamespace", "array", "as_tensor", "asarray", "average", "copy"),
    *(
        "deepcopy",
        "float32",
        "float64",
        "fmean",
        "from_numpy",
        "fsum",
        "full",
        "mean",
        "median",
        "prod",
        "scalar_tensor",
    ),
    *("stack", "std", "stdev", "sum", "tensor"),
}
_PLAIN = (ast.Tuple, ast.List, ast.Set, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Typed:
    """Tells what was typed in a notebook.

    Args:
        flow: its names.
        given: nodes that count as computed although they are numbers: the parameters' values.
    """

    def __init__(self, flow: Flow, given: frozenset[ast.AST] = frozenset()):
        self._flow, self._given = flow, given

    def is_typed(self, value: ast.expr) -> bool:
        """Whether nothing but typed numbers goes into a value, and at least one does."""
        self._numbers = False
        return self._typed(value, frozenset()) and self._numbers

    def _typed(self, node: ast.expr | None, seen: frozenset[ast.AST]) -> bool:
        if node is None or node in self._given:
            return False
        if node in seen:
            return True  # x = x + 1: the other things that go into it decide
        seen |= {node}
        if isinstance(node, ast.Constant):
            self._numbers |= _is_number(node.value)
            return True
        if isinstance(node, ast.Name):
            return self._name(node, seen)
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.NamedExpr | ast.FormattedValue):
            return self._typed(node.value, seen)
        if isinstance(node, ast.Dict):
            return self._all((*node.values, *(key for key in node.keys if key is None)), seen)
        if isinstance(node, _COMPREHENSIONS):
            made = [node.value] if isinstance(node, ast.DictComp) else [node.elt]
            decides = [part for generator in node.generators for part in (generator.iter, *generator.ifs)]
            return self._all([*made, *decides], seen)
        if isinstance(node, _PLAIN):
            return self._all([part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)], seen)
        return isinstance(node, ast.Call) and self._call(node, seen)

    def _all(self, nodes: Iterable[ast.expr | None], seen: frozenset[ast.AST]) -> bool:
        return all([self._typed(node, seen) for node in nodes])

    def _name(self, node: ast.Name, seen: frozenset[ast.AST]) -> bool:
        bound = self._flow.bindings(node)
        handed = [self._binding(binding, seen) for binding in bound if binding.handed]
        others = [self._binding(binding, seen) for binding in bound if not binding.handed]
        return bool(bound) and all(others) and (any(handed) or not handed)

    def _binding(self, binding: Binding, seen: frozenset[ast.AST]) -> bool:
        return self._typed(binding.value, seen) and self._all(binding.under, seen)

    def _call(self, node: ast.Call, seen: frozenset[ast.AST]) -> bool:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        function = self._flow.function(node.func)
        if function is not None:
            returned = self._flow.returns(function)
            return self._all(arguments, seen) and bool(returned) and all([self._binding(r, seen) for r in returned])
        package, _, name = self._flow.dotted(node.func).rpartition(".")
        if package == "builtins":
            return name in _BUILTINS and self._all(arguments, seen)
        if package:
            return package.partition(".")[0] in _PACKAGES and name in _HANDS_ON and self._all(arguments, seen)
        method = isinstance(node.func, ast.Attribute) and self._typed(node.func.value, seen)
        return method and self._all(arguments, seen)


def _is_number(value: object) -> bool:
    """A number, or a text that may become one; True and False are none."""
    return not isinstance(value, bool) and any(character.isdigit() for character in str(value))
