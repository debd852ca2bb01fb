"""What the executed notebooks recorded: metrics and figures, each under its name and once."""

from __future__ import annotations

import json

import pytest
from minicourse import SUM_CELL, MiniCourse

from coursekit.course.decks.stage import _given
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import outputs_digest
from coursekit.course.results.collect import Metric, Results, collect
from coursekit.course.results.numbers import numbers_for
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME, STATES_MIME
from coursekit.notebook.tables import TABLE_MIME

METRIC = {METRIC_MIME: {"name": "suma", "value": 4.5, "unit": "bits", "digits": 1}, "text/plain": "4,5"}
FIGURE = {FIGURE_MIME: {"name": "recta", "alt": "Una recta que sube.", "svg": "<svg/>"}, "image/png": ""}
PICTURE = {"image/png": "", "text/plain": "<Figure>"}


def collected(course: MiniCourse, *bundles: dict) -> Results:
    """The results of 09-mini, whose notebook was executed and showed these."""
    course.add("09-mini", SUM_CELL)
    course.executed("09-mini", *bundles)
    return collect(course.layout, discover(course.layout)[0])


def test_metrics_and_figures_are_told_apart(mini: MiniCourse) -> None:
    results = collected(mini, METRIC, PICTURE, FIGURE)
    assert results.notebooks == ["09-mini"]
    assert {name: (m.literal, m.notebook) for name, m in results.metrics.items()} == {
        "suma": ("4,5\u00a0bits", "09-mini")
    }
    assert {name: (f.alt, f.svg, f.notebook) for name, f in results.figures.items()} == {
        "recta": ("Una recta que sube.", "<svg/>", "09-mini")
    }


def test_a_table_holds_several_metrics(mini: MiniCourse) -> None:
    row = METRIC[METRIC_MIME]
    results = collected(mini, {TABLE_MIME: [row, {**row, "name": "resta", "value": 1}]}, FIGURE)
    assert {name: (m.value, m.notebook) for name, m in results.metrics.items()} == {
        "suma": (4.5, "09-mini"),
        "resta": (1, "09-mini"),
    }
    for broken in ([row, row], [3], {"rows": []}, [{"name": "suma"}]):
        mini.executed("09-mini", {TABLE_MIME: broken})
        with pytest.raises(CourseError, match="is recorded twice|expected|has no .value."):
            collect(mini.layout, discover(mini.layout)[0])


def test_the_states_of_a_control_reach_the_deck(mini: MiniCourse) -> None:
    states = {"name": "contexto", "labels": ["a", "b"], "values": {"mib": ["1", "2"]}, "default": 1}
    found = collected(mini, {STATES_MIME: states}).states["contexto"]
    assert (found.labels, found.values, found.default, found.notebook) == (
        ["a", "b"],
        {"mib": ["1", "2"]},
        1,
        "09-mini",
    )
    (module,) = modules = discover(mini.layout)
    numbers = numbers_for(module, {"09-mini": collect(mini.layout, module)}, modules)
    given = _given(mini.layout, numbers, {})
    assert given["states"] == {"contexto": {k: v for k, v in states.items() if k != "name"}}
    mini.executed("09-mini", {STATES_MIME: {**states, "default": 2}})
    with pytest.raises(CourseError, match="expected a text a state and a default among them"):
        collect(mini.layout, module)


@pytest.mark.parametrize("bundle", [METRIC, FIGURE])
def test_a_name_is_recorded_once_and_the_line_names_the_cells(mini: MiniCourse, bundle: dict) -> None:
    with pytest.raises(CourseError, match=r"^09-mini: '\w+' is recorded twice \(09-mini, cell 2\): give one another n"):
        collected(mini, bundle, bundle)
    path = mini.layout.executed / "09-mini.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"].append({**document["cells"][1], "id": "c9"})
    document["cells"][1]["outputs"].pop()
    document["metadata"]["coursekit"]["outputs"] = outputs_digest(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CourseError, match=r"\(09-mini, cell 2 and 09-mini, cell 3\)"):
        collect(mini.layout, discover(mini.layout)[0])


def test_what_was_not_executed_measured_nothing(mini: MiniCourse) -> None:
    mini.add("09-mini", SUM_CELL)
    assert collect(mini.layout, discover(mini.layout)[0]) == Results()


def test_what_a_cell_printed_is_no_result(mini: MiniCourse) -> None:
    mini.add("09-mini", SUM_CELL)
    path = mini.executed("09-mini", METRIC)
    document = json.loads(path.read_text(encoding="utf-8"))
    outputs = document["cells"][1]["outputs"]
    outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": ["suma = 4,5"]})
    document["metadata"]["coursekit"]["outputs"] = outputs_digest(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    assert list(collect(mini.layout, discover(mini.layout)[0]).metrics) == ["suma"]


def test_a_number_of_a_longer_run_says_when_and_where() -> None:
    recorded = {"date": "2026-11-27", "machine": "AMD EPYC, 2 cores, Linux"}
    assert Metric("a", 1.0, recorded=recorded).mark == "grabado el 2026-11-27 en AMD EPYC, 2 núcleos"
    assert Metric("a", 1.0).mark == ""
