"""`coursekit bench`: run a module's benchmark serially and put its ratios into recorded.json.

A benchmark is a function named in module.toml (``bench = "coursekit.attention.bench:run"``) that yields
``(name, value, unit)``; each value is a ratio against something timed in the same run.
"""

from __future__ import annotations

import importlib
import platform
from dataclasses import asdict
from datetime import date

from coursekit.course.errors import CourseError
from coursekit.course.manifest import Module
from coursekit.course.recording import write_recorded
from coursekit.course.results import Metric, read_recorded
from coursekit.provenance import machine, source_hashes, versions


def bench(module: Module) -> list[Metric]:
    """Run the module's benchmark, save its metrics with date and machine, and return them.

    Raises:
        CourseError: if the module names no benchmark, or one that does not exist.
    """
    if not module.bench:
        raise CourseError(f'{module.slug} has no benchmark: add bench = "package.module:function" to its module.toml')
    path, _, function = module.bench.partition(":")
    try:
        run = getattr(importlib.import_module(path), function)
    except (ImportError, AttributeError) as error:
        raise CourseError(f"modules/{module.slug}/module.toml: bench = {module.bench!r}: {error}") from error
    where = {"date": date.today().isoformat(), "machine": f"{machine()}, Python {platform.python_version()}"}
    kernels = source_hashes([run])
    metrics = [
        Metric(
            name,
            value,
            unit,
            kind="timed",
            kernels=kernels,
            recorded={**where, "versions": versions()},
            notebook="bench",
        )
        for name, value, unit in run()
    ]
    write_recorded(module, {**read_recorded(module), "bench": [asdict(metric) for metric in metrics]})
    return metrics
