"""`coursekit bench`: run a module's benchmarks serially and put their ratios into recorded.json.

A benchmark is a function named in module.toml (``bench = ["coursekit.bench.attention:run"]``) that yields
``(name, value, unit)``; each value is a ratio against something timed in the same run. Where the code that it reaches
changes, the rungs that it times included, its rows are stale.
"""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Metric, read_recorded
from coursekit.course.results.reach import benchmark_reach
from coursekit.course.results.recording import library_of, sealed, write_recorded
from coursekit.notebook.provenance import machine, versions


def bench(layout: Layout, module: Module) -> list[Metric]:
    """Run the module's benchmarks, save each metric as it comes, with date and machine, and return them.

    A benchmark that fails leaves its old rows as they were, and the others run; so does one that yields nothing,
    because what it times is not installed.

    Raises:
        CourseError: if the module names no benchmark; after saving, if one failed or does not exist.
    """
    if not module.bench:
        raise CourseError(f'{module.slug} has no benchmark: add bench = ["package.module:function"] to its module.toml')
    # as where notebooks run: torch's threads, while they wait, leave the core to others (read when torch is loaded)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    rows = {row["name"]: row for row in read_recorded(module).get("bench", [])}
    measured: dict[str, Metric] = {}
    reached: dict[str, dict[str, str]] = {}
    failures = []
    for benchmark in module.bench:
        try:
            reach = benchmark_reach(benchmark, library_of(layout), layout.root)
            reached[reach.code] = reach.table
            for metric in _metrics(benchmark, reach.code):
                if metric.name in measured:
                    raise ValueError(f"{metric.name!r} is recorded twice: give one another name")
                measured[metric.name], rows[metric.name] = metric, sealed(asdict(metric))
                _save(module, rows, reached)
        except Exception as error:
            failures.append(f"{benchmark}: {type(error).__name__}: {error}")
    if failures:
        lines = "\n  ".join(failures)
        raise CourseError(f"{module.slug}: {len(failures)} of {len(module.bench)} benchmarks failed:\n  {lines}")
    ran = {metric.benchmark for metric in measured.values()}
    passed_over = {*module.bench} - ran
    kept = [name for name, row in rows.items() if name in measured or row.get("benchmark") in passed_over]
    _save(module, {name: rows[name] for name in kept}, reached)  # rows that no benchmark yields any more go
    return list(measured.values())


def _metrics(benchmark: str, code: str) -> Iterator[Metric]:
    path, _, function = benchmark.partition(":")
    run = getattr(importlib.import_module(path), function)
    where = {"date": date.today().isoformat(), "machine": f"{machine()}, Python {platform.python_version()}"}
    made = {"recorded": {**where, "versions": versions()}, "benchmark": benchmark, "code": code}
    for name, value, unit in run():
        yield Metric(name, value, unit, kind="timed", notebook="bench", **made)


def _save(module: Module, rows: dict[str, dict[str, Any]], reached: dict[str, dict[str, str]]) -> None:
    document = read_recorded(module)
    tables = document.get("reached", {}) | reached
    write_recorded(module, {**document, "bench": list(rows.values()), "reached": tables})
