"""What is stale, and why."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import Job, is_fresh, provenance
from coursekit.course.results.recording import stale_entries

_NAMED = 2  # the entries that a line names; of the others it says how many there are
_KINDS = {"record": ("recorded entry", "recorded entries"), "bench": ("benchmark row", "benchmark rows")}


@dataclass(frozen=True)
class Note:
    """One line of `coursekit status`: the thing, its state, and what to do about it."""

    thing: str
    state: str
    advice: str = ""

    @property
    def stale(self) -> bool:
        return self.state != "fresh"


def notebook_notes(jobs: list[Job]) -> list[Note]:
    """The state of each executed notebook."""
    notes = []
    for job in jobs:
        made = provenance(job.output())
        if not made:
            notes.append(Note(job.name, "not executed", f"coursekit run {job.module}"))
        elif not is_fresh(job):
            notes.append(Note(job.name, f"executed {made['date']}, sources changed", f"coursekit run {job.module}"))
        else:
            notes.append(Note(job.name, "fresh"))
    return notes


def recorded_notes(layout: Layout, modules: list[Module]) -> list[Note]:
    """The recorded entries that were made from other sources than those that are here: one note for each change."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for module in modules:
        for stale in stale_entries(module, module.notebooks(layout)):
            groups.setdefault((stale.module, stale.reason, stale.command), []).append(stale.entry)
    return [
        Note(f"{module}: {_counted(entries, command)}", reason, f"coursekit {command} {module}")
        for (module, reason, command), entries in groups.items()
    ]


def _counted(entries: list[str], command: str) -> str:
    """«46 benchmark rows (bench/a, bench/b, …)»."""
    named = entries[:_NAMED] + ["…"] * (len(entries) > _NAMED)
    return f"{len(entries)} {_KINDS[command][len(entries) > 1]} ({', '.join(named)})"
