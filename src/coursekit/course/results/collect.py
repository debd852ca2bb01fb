"""What the notebooks measured: metrics, figures and recorded data, read out of the executed copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import is_as_executed
from coursekit.course.notebooks.read import read_plain
from coursekit.notebook import recorded
from coursekit.notebook.formatting import format_quantity
from coursekit.notebook.lesson import RECORDED_MIME
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME


@dataclass(frozen=True)
class Metric:
    """A measured number: what `coursekit.notebook.record` wrote, and the notebook that wrote it; of a row of the bench
    also the benchmark, the hash of the code that it reaches, and the digest of the row.
    """

    name: str
    value: float
    unit: str = ""
    kind: str = "exact"
    digits: int | None = None
    seeds: int = 1
    spread: float | None = None
    recorded: dict[str, Any] | None = None
    notebook: str = ""
    benchmark: str = ""
    code: str = ""
    digest: str = ""

    @property
    def literal(self) -> str:
        """The number as a slide prints it."""
        return format_quantity(self.value, self.unit, self.digits)

    @property
    def mark(self) -> str:
        """When and where a longer run measured it, as a slide says it; empty if this run did."""
        if not self.recorded:
            return ""
        processor, cores = self.recorded["machine"].split(", ")[:2]
        return f"grabado el {self.recorded['date']} en {processor}, {cores.replace('cores', 'núcleos')}"


@dataclass(frozen=True)
class Figure:
    """A recorded figure with its alternative text."""

    name: str
    alt: str
    svg: str
    notebook: str = ""


@dataclass
class Results:
    """All that a module's notebooks (and its bench) measured."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    notebooks: list[str] = field(default_factory=list)
    complete: bool = False  # every notebook of the module was executed


def collect(layout: Layout, module: Module) -> Results:
    """Metrics and figures of a module: its executed notebooks (profile `quick`) and its recorded bench.

    Raises:
        CourseError: if two cells record the same name, or an executed notebook is corrupt.
    """
    results = Results(complete=bool(module.notebooks(layout)))
    for source in module.notebooks(layout):
        path = layout.executed / source.name
        if not path.exists():
            results.complete = False
            continue
        notebook = read_plain(path)
        if not is_as_executed(notebook):
            raise CourseError(f"{layout.relative(path)} was edited after it was executed: coursekit run {module.slug}")
        results.notebooks.append(source.stem)
        for metric in metrics_of(notebook, source.stem):
            _add(results.metrics, metric, module)
        for bundle in _bundles(notebook):
            if FIGURE_MIME in bundle:
                _add(results.figures, Figure(**bundle[FIGURE_MIME], notebook=source.stem), module)
    for entry in read_recorded(module).get("bench", []):
        _add(results.metrics, Metric(**entry), module)
    return results


def metrics_of(notebook: dict[str, Any], name: str) -> list[Metric]:
    """The metrics of an executed notebook, as `read_plain` gives it, in order; `name` is the notebook's."""
    return [Metric(**bundle[METRIC_MIME], notebook=name) for bundle in _bundles(notebook) if METRIC_MIME in bundle]


def recorded_payloads(path: Path) -> list[dict[str, Any]]:
    """What an executed notebook emitted with `Lesson.recorded`: name, data, seconds, kernels."""
    return [bundle[RECORDED_MIME] for bundle in _bundles(read_plain(path)) if RECORDED_MIME in bundle]


def read_recorded(module: Module) -> dict[str, Any]:
    """The module's recorded.json; empty where there is none.

    Raises:
        CourseError: if it is not what was written.
    """
    try:
        return recorded.read_recorded(module.folder.parents[1], module.slug)
    except ValueError as error:
        problem = "not valid JSON, or not as it was written"
        raise CourseError(f"modules/{module.slug}/recorded.json: {problem}: restore it from git") from error


def _bundles(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            yield output.get("data", {})


def _add(table: dict[str, Any], item: Metric | Figure, module: Module) -> None:
    if item.name in table:
        both = f"{table[item.name].notebook} and {item.notebook}"
        raise CourseError(f"{module.slug}: {item.name!r} is recorded twice ({both}): give one another name")
    table[item.name] = item
