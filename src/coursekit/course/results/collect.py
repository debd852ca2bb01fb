"""What the notebooks measured: metrics, figures and recorded data, read out of the executed copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import is_as_executed
from coursekit.course.notebooks.read import INJECTED, read_plain
from coursekit.course.schema import LOOSE, STRICT, Number, Text, brief, validated, whole
from coursekit.notebook import recorded
from coursekit.notebook.formatting import format_quantity
from coursekit.notebook.lesson import RECORDED_MIME
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME, STATES_MIME
from coursekit.notebook.optional import PASSED_OVER_MIME
from coursekit.notebook.tables import TABLE_MIME

T = TypeVar("T")
_RESTORE = "restore it from git"


@dataclass(frozen=True)
class Metric:
    """A measured number: what `coursekit.notebook.record` wrote, and the notebook that wrote it; of a row of the bench
    also the benchmark, the hash of the code that it reaches, and the digest of the row.
    """

    __pydantic_config__ = STRICT
    name: Text
    value: Number
    unit: Text = ""
    kind: Literal["exact", "trained", "timed"] = "exact"
    digits: whole(0, 100) | None = None
    seeds: whole(1, 10**6) = 1
    spread: Number | None = None
    recorded: dict[Text, Any] | None = None
    notebook: Text = ""
    benchmark: Text = ""
    code: Text = ""
    digest: Text = ""

    def __post_init__(self) -> None:
        if self.recorded and not all(isinstance(self.recorded.get(key), str) for key in ("date", "machine")):
            raise ValueError(f"expected recorded with a date and a machine, got {brief(self.recorded)}")

    @property
    def literal(self) -> str:
        """The number as a slide prints it."""
        return format_quantity(self.value, self.unit, self.digits)

    @property
    def mark(self) -> str:
        """When and where a longer run measured it, as a slide says it; empty if this run did."""
        if not self.recorded:
            return ""
        processor, *rest = self.recorded["machine"].split(", ")
        where = ", ".join([processor, *(part.replace("cores", "núcleos") for part in rest[:1])])
        return f"grabado el {self.recorded['date']} en {where}"


@dataclass(frozen=True)
class Figure:
    """A recorded figure with its alternative text, and the notebook and the cell (from 1) that made it."""

    __pydantic_config__ = STRICT
    name: Text
    alt: Text
    svg: Text
    notebook: Text = ""
    cell: whole(0, 10**6) = 0


@dataclass(frozen=True)
class States:
    """What a switch or a slider shows (`record_states`): the labels of its states and, a slot, a text a state."""

    __pydantic_config__ = STRICT
    name: Text
    labels: list[Text]
    values: dict[Text, list[Text]]
    default: whole(0, 10**4) = 0
    notebook: Text = ""

    def __post_init__(self) -> None:
        if not all(len(texts) == len(self.labels) > self.default for texts in self.values.values()):
            raise ValueError(f"expected a text a state and a default among them, got {brief(self.values)}")


def told_states(states: States) -> dict[str, Any]:
    """The states as a deck and a lock hold them."""
    return {"labels": states.labels, "values": states.values, "default": states.default}


@dataclass
class Results:
    """All that a module's notebooks (and its bench) measured."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    states: dict[str, States] = field(default_factory=dict)
    notebooks: list[str] = field(default_factory=list)
    complete: bool = False  # every notebook of the module was executed, and whole
    passed_over: list[str] = field(default_factory=list)  # notebooks without the cells whose needs were left out


def collect(layout: Layout, module: Module) -> Results:
    """Metrics and figures of a module: its executed notebooks (profile `quick`) and its recorded bench.

    Raises:
        CourseError: if a name is recorded twice, or an executed notebook or the bench is corrupt.
    """
    results, places = Results(complete=bool(module.notebooks(layout))), {}
    for source in module.notebooks(layout):
        path = layout.executed / source.name
        if not path.exists():
            results.complete = False
            continue
        notebook = read_plain(path)
        if not is_as_executed(notebook):
            raise CourseError(f"{layout.relative(path)} was edited after it was executed: coursekit run {module.slug}")
        results.notebooks.append(source.stem)
        for number, bundle in _bundles(notebook):
            if PASSED_OVER_MIME in bundle and source.stem not in results.passed_over:
                results.passed_over.append(source.stem)
                results.complete = False
            made, place = {"notebook": source.stem}, f"{layout.relative(path)}, cell {number}"
            for data in _measured(bundle):
                metric = _read(Metric, data, place, module, made)
                _add(results.metrics, places, metric, f"{source.stem}, cell {number}", module)
            if FIGURE_MIME in bundle:
                figure = _read(Figure, bundle[FIGURE_MIME], place, module, made | {"cell": number})
                _add(results.figures, places, figure, f"{source.stem}, cell {number}", module)
            if STATES_MIME in bundle:
                states = _read(States, bundle[STATES_MIME], place, module, made)
                _add(results.states, places, states, f"{source.stem}, cell {number}", module)
    for number, row in enumerate(read_recorded(module).get("bench", []), start=1):
        item = validated(Metric, row, f"{_file(module)}, [[bench]] {number}", top="the row", remedy=_RESTORE)
        _add(results.metrics, places, item, "the bench", module)
    return results


def metrics_of(notebook: dict[str, Any], name: str) -> list[Metric]:
    """The metrics of an executed notebook, as `read_plain` gives it, in order; `name` is the notebook's.

    Raises:
        CourseError: if one is not as `record` wrote it.
    """
    found = [(number, data) for number, bundle in _bundles(notebook) for data in _measured(bundle)]
    return [validated(Metric, {**data, "notebook": name}, f"{name}, cell {number}") for number, data in found]


def recorded_payloads(path: Path) -> list[dict[str, Any]]:
    """What an executed notebook emitted with `Lesson.recorded`: name, data, seconds."""
    return [bundle[RECORDED_MIME] for _, bundle in _bundles(read_plain(path)) if RECORDED_MIME in bundle]


def read_recorded(module: Module) -> dict[str, Any]:
    """The module's recorded.json; empty where there is none.

    Raises:
        CourseError: if it is not what was written.
    """
    try:
        document = recorded.read_recorded(module.folder.parents[1], module.slug)
    except ValueError as error:
        raise CourseError(f"{_file(module)}: not valid JSON, or not as it was written: {_RESTORE}") from error
    validated(_Recorded, document, _file(module), remedy=_RESTORE)
    return document


def _file(module: Module) -> str:
    return f"modules/{module.slug}/recorded.json"


@dataclass(frozen=True)
class _Made:
    __pydantic_config__ = LOOSE
    versions: dict[Text, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class _Entry(_Made):
    notebook: Text = field(kw_only=True)
    code: Text = ""


@dataclass(frozen=True)
class _Row:
    __pydantic_config__ = LOOSE
    name: Text
    recorded: _Made | None = None
    benchmark: Text = ""
    code: Text = ""


@dataclass(frozen=True)
class _Recorded:
    """What the builder reads of a recorded.json; the data are the notebooks' own, and a row is a `Metric`."""

    __pydantic_config__ = LOOSE
    entries: dict[Text, _Entry] = field(default_factory=dict)
    bench: tuple[_Row, ...] = ()
    reached: dict[Text, dict[Text, Text]] = field(default_factory=dict)


def _bundles(notebook: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(position of the cell in its source, what it showed) of each output."""
    cells = (cell for cell in notebook["cells"] if INJECTED not in cell["metadata"].get("tags", []))
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output.get("data", {})


def _measured(bundle: dict[str, Any]) -> Iterator[Any]:
    """The numbers that an output holds: of `record` one, of `record_table` several."""
    if METRIC_MIME in bundle:
        yield bundle[METRIC_MIME]
    table = bundle.get(TABLE_MIME, [])
    yield from table if isinstance(table, list) else [table]


def _read(kind: type[T], data: Any, place: str, module: Module, made: dict[str, Any]) -> T:
    data = data | made if isinstance(data, dict) else data
    return validated(kind, data, place, top=f"the {kind.__name__.lower()}", remedy=f"coursekit run {module.slug}")


def _add(table: dict[str, Any], places: dict[str, str], item: Metric | Figure, place: str, module: Module) -> None:
    if item.name in table:
        both = " and ".join(dict.fromkeys([places[item.name], place]))
        remedy = "give one another name, or in a loop one each time"
        raise CourseError(f"{module.slug}: {item.name!r} is recorded twice ({both}): {remedy}")
    table[item.name], places[item.name] = item, place
