"""What stands in for the numbers of cells that a notebook passed over, since what they need was left out: the lock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Figure, Metric, Results, States
from coursekit.course.results.lock import read_lock
from coursekit.course.results.printed import parse_number, unit_of


@dataclass(frozen=True)
class Locked(Metric):
    """A number that was not measured in this run: it is printed as the lock has it, and holds nothing."""

    printed: str = ""

    @property
    def literal(self) -> str:
        return self.printed


def with_the_locked(layout: Layout, module: Module, results: Results) -> Results:
    """The results with what the lock shows of the notebooks that passed cells over; as they are where none did.

    A figure is the file that is committed. Nothing is judged by what stands in: a claim resting on it is not measured.
    """
    if not results.passed_over:
        return results
    lock = read_lock(module)
    drawn = {name: text for made in lock.images.values() for name, text in made.get("metrics", {}).items()}
    metrics = {
        name: Locked(name, parse_number(text) or 0.0, unit_of(text), kind="timed", printed=text)
        for name, text in {**drawn, **lock.metrics}.items()
        if name not in results.metrics and not {"@", ":"} & set(name)
    }
    figures = {
        made["figure"]: Figure(made["figure"], "la del último cuaderno entero", svg, made["notebook"], made["cell"])
        for path, made in lock.images.items()
        if made.get("notebook") in results.passed_over and made.get("figure") not in results.figures
        if (file := layout.root / path).is_file() and (svg := read_text(file))
    }
    states = {name: States(name, **told) for name, told in lock.states.items() if ":" not in name}
    return replace(
        results,
        metrics=results.metrics | metrics,
        figures=results.figures | figures,
        states=states | results.states,
    )
