"""Whether a second run of a notebook measures the same: its `exact` metrics, from the same sources on the same machine.

What differs is random, timed, or depends on the order in which things run: it is no `exact` metric.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.notebooks.execute import Job, is_as_executed, provenance
from coursekit.course.notebooks.read import read_plain
from coursekit.course.results.collect import Metric, metrics_of

_MADE = ("inputs", "parameters", "machine", "versions")
Copies = dict[str, tuple[dict[str, Any], dict[str, Metric]]]


def executed_copies(jobs: Iterable[Job]) -> Copies:
    """What each notebook measured when it was last executed, and what it was made from; of those left as they were."""
    copies: Copies = {}
    for job in jobs:
        made = provenance(job.output())
        with suppress(CourseError):  # what cannot be read is `collect`'s to tell
            if made and is_as_executed(notebook := read_plain(job.output())):
                metrics = {m.name: m for m in metrics_of(notebook, job.name) if m.kind == "exact" and not m.recorded}
                copies[job.name] = {key: made.get(key) for key in _MADE}, metrics
    return copies


def unrepeated(before: Copies, after: Copies) -> list[str]:
    """Every `exact` metric that came out otherwise than in the run before, although nothing else had changed."""
    problems = []
    for name, (made, metrics) in after.items():
        if before.get(name, ({}, {}))[0] != made:
            continue
        old = before[name][1]
        for metric in metrics.values():
            if metric.name in old and old[metric.name].literal != metric.literal:
                values = f"{old[metric.name].value!r} in the run before and {metric.value!r} in this one"
                remedy = "give it a seed, or another kind"
                problems.append(f"{name}: {metric.name} is exact, and was {values}, from the same sources: {remedy}")
    return problems
