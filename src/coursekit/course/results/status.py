"""What is stale, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import Job, is_as_executed, is_fresh, provenance
from coursekit.course.notebooks.read import read_plain
from coursekit.course.results.recording import library_of
from coursekit.course.results.stale import other_versions, stale_entries

_WHEN = "nobody knows when"
_NAMED = 2  # the entries and the reasons that a line names; of the others it says how many there are
_KINDS = {"record": ("recorded entry", "recorded entries"), "bench": ("benchmark row", "benchmark rows")}


@dataclass(frozen=True)
class Note:
    """One line of `coursekit status`: the thing, its state, and what to do about it.

    `stands`: an author lets it stand; `other`: it was made with other versions. A release refuses either; nothing else
    does.
    """

    thing: str
    state: str
    advice: str = ""
    stands: bool = False
    other: bool = False

    @property
    def stale(self) -> bool:
        return self.state != "fresh" and not self.stands and not self.other


def notebook_notes(jobs: list[Job], budgets: Mapping[str, int] | None = None) -> list[Note]:
    """The state of each executed notebook; of a fresh one also whether it took longer than its module's budget.

    How long it took depends on what else the machine did: it is told, and nothing fails of it.

    Args:
        jobs: one a notebook.
        budgets: seconds (`quick_seconds`) by the module's slug.
    """
    notes = []
    for job in jobs:
        made, advice = provenance(job.output()), f"coursekit run {job.module}"
        if not made:
            state = "its executed copy is no whole notebook" if job.output().exists() else "not executed"
            notes.append(Note(job.name, state, advice))
        elif is_fresh(job):
            notes.append(Note(job.name, "fresh", _over_budget(made, (budgets or {}).get(job.module))))
        elif not is_as_executed(read_plain(job.output())):
            notes.append(Note(job.name, f"executed {made.get('date', _WHEN)}, edited afterwards", advice))
        else:
            notes.append(Note(job.name, f"executed {made.get('date', _WHEN)}, sources changed", advice))
    return notes


def _over_budget(made: dict[str, Any], budget: int | None) -> str:
    took = made.get("seconds", 0)
    return f"took {took:.0f} s, more than its budget.quick_seconds of {budget}" if budget and took > budget else ""


def recorded_notes(layout: Layout, modules: list[Module]) -> list[Note]:
    """The recorded entries that do not stand as they are, one note for those with the same reasons; other versions."""
    library, notes = library_of(layout), []
    for module in modules:
        reasons: dict[tuple[str, str, str], list[str]] = {}
        for stale in stale_entries(layout, module, module.notebooks(layout), library):
            reasons.setdefault((stale.entry, stale.command, stale.stands), []).append(stale.reason)
        groups: dict[tuple[str, str, str], list[str]] = {}
        for (entry, command, stands), why in reasons.items():
            state = "other code, let stand" if stands else _several(why)
            groups.setdefault((state, command, stands), []).append(entry)
        for (state, command, stands), entries in groups.items():
            advice = f"coursekit {command} {module.slug}{' --stale' if command == 'record' else ''}"
            thing = f"{module.slug}: {_counted(entries, command)}"
            notes.append(Note(thing, state, stands or advice, stands=bool(stands)))
    for module in modules:
        for made, entries in other_versions(module).items():
            named = ", ".join(entries[:_NAMED]) + ", …" * (len(entries) > _NAMED)
            notes.append(Note(f"{module.slug}: {len(entries)} recorded ({named})", f"made with {made}", other=True))
    return notes


def _several(reasons: list[str]) -> str:
    """«a changed, b changed and 3 more»."""
    more = len(reasons) - _NAMED
    return ", ".join(reasons[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _counted(entries: list[str], command: str) -> str:
    """«46 benchmark rows (bench/a, bench/b, …)»."""
    named = entries[:_NAMED] + ["…"] * (len(entries) > _NAMED)
    return f"{len(entries)} {_KINDS[command][len(entries) > 1]} ({', '.join(named)})"
