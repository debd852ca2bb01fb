"""A second run of a notebook from the same sources gives the same exact metrics."""

from __future__ import annotations

import pytest
from minicourse import SUM_CELL, MiniCourse

from coursekit.course import commands, quality
from coursekit.course.course import Course
from coursekit.notebook.measured import METRIC_MIME

MADE = {"inputs": "abc", "machine": "m", "versions": {"torch": "2"}}


def metric(value: float, **more: object) -> dict:
    return {METRIC_MIME: {"name": "suma", "value": value, "kind": "exact", **more}, "text/plain": "x"}


def problems(course: MiniCourse, monkeypatch: pytest.MonkeyPatch, first: dict, second: dict, **other: str) -> list[str]:
    """What the step of `make test` says where the notebook measured `first` before and `second` now."""
    course.add("09-mini", SUM_CELL)
    course.executed("09-mini", first, **MADE)
    run = lambda *_, **__: course.executed("09-mini", second, **{**MADE, **other})  # noqa: E731
    monkeypatch.setattr(commands, "execute", run)
    return quality.notebooks(Course(course.layout))


def test_an_exact_metric_that_differs_is_named_with_both_values(mini, monkeypatch) -> None:
    assert problems(mini, monkeypatch, metric(4.0), metric(4.5)) == [
        "09-mini: suma is exact, and was 4.0 in the run before and 4.5 in this one, from the same sources: "
        "give it a seed, or another kind"
    ]


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (metric(4.0), metric(4.0), {}),
        (metric(1 / 3), metric(1 / 3 + 1e-12), {}),  # exact is to the last digit shown
        (metric(4.0, kind="timed"), metric(4.5, kind="timed"), {}),
        (metric(4.0), metric(4.5), {"inputs": "def"}),  # the sources changed
        (metric(4.0), metric(4.5), {"versions": {}}),
    ],
)
def test_what_may_differ_passes(mini, monkeypatch, first, second, other) -> None:
    assert problems(mini, monkeypatch, first, second, **other) == []


def test_the_first_run_has_nothing_to_differ_from(mini, monkeypatch) -> None:
    mini.add("09-mini", SUM_CELL)
    monkeypatch.setattr(commands, "execute", lambda *_, **__: mini.executed("09-mini", metric(4.0), **MADE))
    assert quality.notebooks(Course(mini.layout)) == []
