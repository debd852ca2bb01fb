"""The drawings of a module that no notebook makes: slides/drawings/<slug>.py, a function each.

    from coursekit.notebook.drawing import Drawing, text

    def reparto(metrics):
        drawing = Drawing(200, title="Reparto", alt="…")
        drawing.add(text(f"{metrics['copy/accuracy']} de las copias", 564, 100))
        return drawing

`reparto` becomes slides/figures/<slug>/reparto.svg, and `dos_pasos` dos-pasos.svg. A number comes out of `metrics`:
``metrics["name"]`` is a float that prints as a slide prints it. A number in words that nobody measures (a digit of an
example, the sizes of a drawn matrix) has its reason, ``STANDS = {"4 × 16": "tamaños del ejemplo"}``, and so has a
drawing of invented numbers, ``INVENTED = {"a_mano": "cuenta que la sala hace"}``. `coursekit sync` locks what each
drawing took, and the gate draws it anew.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text
from coursekit.course.notebooks.flow import Flow
from coursekit.course.notebooks.pieces import drawn_numbers
from coursekit.course.notebooks.typed import Typed
from coursekit.course.results.collect import Figure
from coursekit.course.results.numbers import Numbers
from coursekit.course.results.printed import printed
from coursekit.course.text.marks import faults
from coursekit.course.text.numbers import count, open_in

_TABLES = ("STANDS", "INVENTED")
_MARKUP = re.compile(r"[_^]\{[^}]*\}")


@dataclass(frozen=True)
class Drawn(Figure):
    """A drawing, and where it comes from.

    Attributes:
        script: "slides/drawings/03-mamba.py:reparto".
        took: the metrics that it asked for, as they print.
    """

    script: str = ""
    took: Mapping[str, str] = field(default_factory=dict)


class Measured(float):
    """A metric that a drawing takes: a float that prints as on a slide."""

    text: str

    def __new__(cls, value: float, text: str) -> Measured:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else self.text


class Taking(Mapping[str, Measured]):
    """The metrics of a module, which remembers those that were asked for."""

    def __init__(self, numbers: Numbers):
        self._numbers = numbers
        self.took: dict[str, str] = {}

    def __getitem__(self, name: str) -> Measured:
        self.took[name] = printed(name, "metric", self._numbers)
        return Measured(self._numbers.metrics[name].value, self.took[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers.metrics)

    def __len__(self) -> int:
        return len(self._numbers.metrics)


def drawings_of(layout: Layout, slug: str, numbers: Numbers) -> dict[str, Drawn]:
    """What slides/drawings/<slug>.py draws, by path from the course's root; nothing where there is none.

    Args:
        slug: of a module, or the guide's name.
        numbers: what it may take.

    Raises:
        CourseError: for a file that does not load, a function that fails or gives no drawing, a number that was typed,
            a metric that nobody recorded; it names the file and the function.
    """
    path = layout.drawings / f"{slug}.py"
    if not path.is_file():
        return {}
    name = layout.relative(path)
    if typed := next(_typed(path, name), ""):
        raise CourseError(typed)
    found = {}
    for function in _functions(_loaded(path, name)):
        figure = _drawn(function, f"{name}:{function.__name__}", numbers)
        found[layout.relative(layout.figures / slug / f"{figure.name}.svg")] = figure
    return found


def _drawn(function: Callable[[Taking], Any], script: str, numbers: Numbers) -> Drawn:
    metrics = Taking(numbers)
    try:
        drawing = function(metrics)
        svg, alt = drawing.svg, drawing.alt
    except KeyError as error:
        raise CourseError(f"{script}: {error.args[0]}") from error
    except Exception as error:
        raise CourseError(f"{script}: gives no drawing: {type(error).__name__}: {error}") from error
    return Drawn(function.__name__.replace("_", "-"), alt, svg, script=script, took=metrics.took)


def _functions(module: ModuleType) -> list[Callable[[Taking], Any]]:
    """Its own public functions, in the order in which they stand."""
    return [
        value
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
        and not isinstance(value, type)
    ]  # fmt: skip


def _loaded(path: Path, name: str) -> ModuleType:
    called = f"coursekit_drawings_{path.stem.replace('-', '_')}"
    specification = importlib.util.spec_from_file_location(called, path)
    module = importlib.util.module_from_spec(specification)
    caching, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{name}: does not load: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = caching
    return module


def stands_of(layout: Layout, slug: str) -> dict[str, str]:
    """What the author of a file of drawings lets stand, each with its reason: words with numbers (``STANDS``), drawings
    whose pieces show invented numbers (``INVENTED``).
    """
    path = layout.drawings / f"{slug}.py"
    try:
        tree = ast.parse(read_text(path)) if path.is_file() else ast.Module([], [])
        return _table(tree, "STANDS") | _table(tree, "INVENTED")
    except SyntaxError:
        return {}  # reported where it is drawn


def _typed(path: Path, name: str) -> Iterator[str]:
    """Where the file has numbers that somebody typed: in what a piece draws, and in words."""
    try:
        tree = ast.parse(read_text(path))
    except SyntaxError as error:
        yield f"{name}:{error.lineno}: is no Python: {error.msg}"
        return
    flow = Flow([tree])
    typed = Typed(flow)
    invented = _table(tree, "INVENTED")
    let = [d for d in tree.body if isinstance(d, ast.FunctionDef) and len(invented.get(d.name, "").split()) > 2]
    passed = {id(node) for function in let for node in ast.walk(function)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in passed):
        if any(typed.is_typed(value) for value in drawn_numbers(call, flow)):
            drawn = f"«{ast.unparse(call)[:60]}» draws numbers that are typed, not measured"
            remedy = 'take them from metrics["name"], let a notebook draw it, or say why: INVENTED = {"FUNCTION": "…"}'
            yield f"{name}:{call.lineno}: {drawn}: {remedy}"
    stands = _table(tree, "STANDS")
    for words, reason in stands.items():
        for problem, remedy in faults(words, reason, count(words)):
            yield f"{name}: STANDS «{words}»: {problem}: {remedy}"
    for line, words in _words(tree):
        for sentence, number in open_in(_MARKUP.sub("", words)) if words not in stands else ():
            remedy = f'write {{metrics["name"]}}, or say why it stands: STANDS = {{{words!r}: "…"}}'
            yield f"{name}:{line}: «{sentence}»: {number} has no origin: {remedy}"


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The texts of a file, but for docstrings, tables of reasons, what is looked up, and how numbers are printed."""
    passed = {id(node) for top in ast.walk(tree) for node in _passed_over(top)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.lineno, node.value.strip()


def _passed_over(top: ast.AST) -> Iterator[ast.AST]:
    if isinstance(top, ast.Expr) or (isinstance(top, ast.Assign) and ast.unparse(top.targets[0]) in _TABLES):
        yield from (
            node for node in ast.walk(top) if isinstance(top, ast.Assign) or node is getattr(top, "value", None)
        )
    if isinstance(top, ast.Subscript):
        yield from ast.walk(top.slice)
    if isinstance(top, ast.FormattedValue) and top.format_spec:
        yield from ast.walk(top.format_spec)


def _table(tree: ast.Module, name: str) -> dict[str, str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return {}
