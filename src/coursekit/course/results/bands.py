"""What a band may be: where a measured number must lie, so narrow that it excludes something.

A band lies in the range of its metric's unit (of 100, not below nothing), and near what was measured: [0, 10⁹] around 5
says nothing. Leaves out bands that are not finite, which no manifest may hold.
"""

from __future__ import annotations

from coursekit.course.manifest import Module
from coursekit.course.results.collect import Metric, Results

_SIGNED = {"", "bits", "bits/token", "puntos"}  # excesses, differences, exponents; all else is an amount
_NEAR = 20  # times what was measured: an end of a band is not further off
_SMALL = 10.0  # where that is near nothing; of roundings (below 10⁻⁶) 10⁻³ is far enough

Band = tuple[float, float]


def band_problem(band: Band, metric: Metric) -> str:
    """Why a band says nothing about its metric; empty if it says something."""
    shown = f"[{band[0]:g}, {band[1]:g}]"
    if metric.unit == "%" and not 0 <= band[0] <= band[1] <= 100:
        return f"its band {shown} leaves the range from 0 to 100 %"
    if metric.unit == "%" and band == (0.0, 100.0):
        return f"its band {shown} is all that there is of 100 %, and excludes nothing"
    if band[0] < 0 and metric.unit not in _SIGNED:
        return f"its band {shown} goes below zero, and there is no less than no {metric.unit}"
    size = abs(metric.value)
    limit = 1e-3 if 0 < size < 1e-6 else max(_NEAR * size, _SMALL)
    if metric.unit != "%" and max(abs(end) for end in band) > limit:
        return f"its band {shown} is so wide around {metric.value:g} that it excludes nothing"
    return ""


def band_problems(module: Module, results: Results) -> list[str]:
    """What is wrong with [bands]: what excludes nothing, what its metric has left, and what no notebook records.

    Args:
        module: the module.
        results: what its notebooks measured; of one that was not executed, nothing is said.
    """
    problems = []
    for name, band in module.bands.items():
        metric = results.metrics.get(name)
        if metric is None:
            if results.complete:
                problems.append(f"{module.slug}: [bands] {name!r}: no notebook records it: mend the name or drop it")
        elif problem := band_problem(band, metric):
            problems.append(f"{module.slug}: [bands] {name!r}: {problem}: narrow it")
        elif not band[0] <= metric.value <= band[1]:
            outside = f"measured {metric.value!r}, outside its band [{band[0]:g}, {band[1]:g}]"
            problems.append(f"{module.slug}: [bands] {name!r}: {outside}: mend the kernel or the band")
    return problems
