"""The gate of what a committed notebook records: numbers that were computed, by what gives the same ones again.

Reports a `record` of numbers that somebody typed, and a figure that is drawn from them; an `exact` or `trained` metric
that a clock goes into; an `exact` one that randomness without a seed goes into. What is typed on purpose has its reason
in the cell's metadata, under its name: ``{"coursekit": {"typed": {"joins/length": "tamaño del experimento"}}}``.

Follows names, loops and the notebook's own functions (flow.py). Leaves out what comes out of the library or a file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks.code import parsed
from coursekit.course.notebooks.flow import Flow
from coursekit.course.notebooks.pieces import drawn_numbers
from coursekit.course.notebooks.read import Cell, Notebook
from coursekit.course.notebooks.recordings import called, name_of, recorded_numbers
from coursekit.course.notebooks.typed import Typed

_CLOCKS = ("time.", "timeit.", "datetime.", "coursekit.bench.timing.")
_NO_CLOCK = {"time.sleep", "datetime.timedelta", "datetime.datetime.timedelta"}
# Randomness that `begin` cannot seed, each with the number of arguments from which on it has a seed of its own.
_CHANCE = {
    **dict.fromkeys(("random.SystemRandom", "os.urandom", "uuid.uuid1", "uuid.uuid4", "torch.seed", "os.getpid"), 99),
    **dict.fromkeys(("builtins.hash", "builtins.id", "torch.Generator.seed"), 99),
    **dict.fromkeys(("random.Random", "random.seed", "numpy.random.default_rng", "numpy.random.seed"), 1),
    **dict.fromkeys(("numpy.random.RandomState", "numpy.random.SeedSequence", "numpy.random.Generator"), 1),
}
_POINTS = {"plot", "loglog", "semilogx", "semilogy", "scatter", "step", "errorbar", "fill_between", "stem"}
_AMOUNTS = {"bar", "barh", "stackplot"}
_ALONE = {"hist", "boxplot", "violinplot", "pie", "imshow", "matshow"}  # what they draw is their first argument
_DATA = ("y", "height", "width", "x", "data", "values", "X", "C")  # names of arguments that hold what is drawn


def check(notebook: Notebook) -> Iterator[Finding]:
    """Every metric and figure of a notebook that was typed, and every metric that cannot come out the same twice."""
    cells = [(cell, tree) for cell in notebook.cells if (tree := parsed(cell)) is not None]
    flow = Flow(tree for _, tree in cells)
    typed = Typed(flow, _given(cells))
    for cell, tree in cells:
        if "install" in cell.tags or "exercise" in cell.tags:
            continue
        for element, problem, remedy, reason in _cell(cell, tree, flow, typed):
            yield cell.mark(element, reason) if reason else cell.finding(element, problem, remedy)


def _given(cells: list[tuple[Cell, ast.Module]]) -> frozenset[ast.AST]:
    """The values of the parameters, which papermill may replace: they count as computed."""
    trees = [tree for cell, tree in cells if "parameters" in cell.tags]
    return frozenset(node for tree in trees for node in ast.walk(tree))


def _cell(cell: Cell, tree: ast.Module, flow: Flow, typed: Typed) -> Iterator[tuple[str, str, str, str]]:
    reasons = cell.notes.get("typed", {})
    figures: list[str] = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for name, values, kind in recorded_numbers(call, flow):
            if values and all(typed.is_typed(value) for value in values):
                remedy = "record what the library computes, or give the reason (typed) in the cell's metadata"
                yield f"record {name}", "its value is typed, not measured", remedy, reasons.get(name.strip("«»"), "")
            if kind != "timed" and any(_reaches(value, flow, _is_clock) for value in values):
                remedy = 'kind="timed", and of a ratio: see coursekit.bench.timing'
                yield f"record {name}", f"a clock goes into it, and it is {kind}", remedy, ""
            if kind == "exact" and any(_reaches(value, flow, _is_chance) for value in values):
                yield f"record {name}", "randomness without a seed goes into it, and it is exact", "give it a seed", ""
        if called(call, flow) in ("record_figure", "record_drawing"):
            figures.append(name_of(call))
    drawn = [(call, _drawn(call)) for call in ast.walk(tree) if isinstance(call, ast.Call)]
    drawn = [(call, values) for call, values in drawn if values]
    false = [call for call, values in drawn if all(typed.is_typed(value) for value in values)]
    if len(false) < len(drawn):  # beside what was measured a straight line may stand
        false = [call for call in false if call.func.attr not in _POINTS or any(_many(v) for v in _drawn(call))]
    pieces = [call for call in ast.walk(tree) if isinstance(call, ast.Call)]
    false += [call for call in pieces if any(typed.is_typed(value) for value in drawn_numbers(call, flow))]
    for call in false:
        reason = next((reasons[name] for figure in figures if (name := figure.strip("«»")) in reasons), "")
        remedy = "draw what was measured, or give the reason (typed) in the cell's metadata"
        yield f"«{ast.unparse(call)[:60]}»", "draws numbers that are typed, not measured", remedy, reason


def _drawn(call: ast.Call) -> list[ast.expr]:
    """The numbers whose size a drawing shows: the heights, not where along the axis they stand."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in _POINTS | _AMOUNTS | _ALONE:
        return []
    data = [a for a in call.args if not (isinstance(a, ast.Constant) and isinstance(a.value, str))]
    data += [keyword.value for keyword in call.keywords if keyword.arg in _DATA]
    return data[:1] if method in _ALONE or len(data) == 1 else data[1::2]


def _many(value: ast.expr) -> bool:
    """More than the two ends of a straight line."""
    return not (isinstance(value, ast.List | ast.Tuple) and len(value.elts) <= 2)


def _is_clock(call: ast.Call, dotted: str) -> bool:
    return dotted.startswith(_CLOCKS) and dotted not in _NO_CLOCK


def _is_chance(call: ast.Call, dotted: str) -> bool:
    wanted = 99 if dotted.startswith("secrets.") else _CHANCE.get(dotted, 0)
    return len(call.args) + len(call.keywords) < wanted


def _reaches(value: ast.expr, flow: Flow, wanted: Callable[[ast.Call, str], bool]) -> bool:
    """Whether a call of that kind goes into a value, through names and the notebook's own functions."""
    seen: set[ast.AST] = set()
    todo: list[ast.AST] = [value]
    while todo:
        node = todo.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                todo += [binding.value for binding in flow.bindings(part)]
            elif isinstance(part, ast.Call):
                if wanted(part, flow.dotted(part.func)):
                    return True
                function = flow.function(part.func)
                todo += [binding.value for binding in flow.returns(function)] if function else []
    return False
