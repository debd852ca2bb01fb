"""Which recorded numbers no longer stand, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.results.collect import read_recorded
from coursekit.course.results.dependencies import experiment_names
from coursekit.course.results.library import Library
from coursekit.course.results.reach import benchmark_reach, entry_reach
from coursekit.course.results.recording import code_cells, digest_of, library_of
from coursekit.notebook.provenance import versions

_EDITED = "it was edited by hand: its digest is another"
_VERSIONS = ("python", "torch", "numpy", "numba", "transformers")  # compared by major and minor number


@dataclass(frozen=True)
class Stale:
    """A recorded entry that does not stand any more, for one reason; `command` makes it anew.

    Args:
        mark: what a mark in module.toml calls it ([[stands]]): the entry, or the benchmark of a row.
        code: the hash of the code that is here, which the mark names; empty where no mark could let it stand.
        stands: why an author lets it stand; empty where nobody does.
    """

    module: str
    entry: str
    reason: str
    command: str = "record"
    mark: str = ""
    code: str = ""
    stands: str = ""


def stale_entries(layout: Layout, module: Module, notebooks: list[Path], library: Library | None = None) -> list[Stale]:
    """The entries of recorded.json that other code or other data made than are here, that were edited by hand, or that
    a notebook makes and nobody has recorded yet; and the bench's rows likewise.

    Args:
        library: the kernels, where somebody has read them already.
    """
    document, library = read_recorded(module), library or library_of(layout)
    found = [*_entries(layout, module, notebooks, document, library), *_rows(layout, module, document, library)]
    marks = {mark: stand.reason for stand in module.stands for mark in stand.codes.items()}
    return [replace(each, stands=marks.get((each.mark, each.code), "") if each.code else "") for each in found]


def other_versions(module: Module) -> dict[str, list[str]]:
    """What was recorded with other versions than those that are here: {"torch 2.12, here 2.13": entries}."""
    document, here = read_recorded(module), versions()
    made = {name: entry.get("versions", {}) for name, entry in document.get("entries", {}).items()}
    made |= {row["name"]: (row.get("recorded") or {}).get("versions", {}) for row in document.get("bench", [])}
    found: dict[str, list[str]] = {}
    for name, then in made.items():
        for package in _VERSIONS:
            old, new = _minor(then.get(package, "")), _minor(here.get(package, ""))
            if old and new and old != new:
                found.setdefault(f"{package} {old}, here {new}", []).append(name)
    return found


def fresh_entries(layout: Layout, module: Module, notebook: Path) -> list[str]:
    """The entries of the notebook that its code would make again as they are; what a mark lets stand is fresh."""
    entries = read_recorded(module).get("entries", {})
    stale = {each.entry for each in stale_entries(layout, module, [notebook]) if not each.stands}
    return [name for name, entry in entries.items() if entry["notebook"] == notebook.stem and name not in stale]


def is_recorded(layout: Layout, module: Module, notebook: Path) -> bool:
    """Has the notebook entries in recorded.json, are they all fresh, and does it make no others?"""
    fresh = fresh_entries(layout, module, notebook)
    entries = read_recorded(module).get("entries", {}).values()
    made = set(experiment_names(code_cells(notebook)))
    return bool(fresh) and len(fresh) == sum(e["notebook"] == notebook.stem for e in entries) and made <= set(fresh)


def _entries(
    layout: Layout, module: Module, notebooks: list[Path], document: Mapping[str, Any], library: Library
) -> Iterator[Stale]:
    entries = document.get("entries", {})
    cells = {path.stem: code_cells(path) for path in notebooks}
    for name, entry in entries.items():
        if entry["notebook"] not in cells:
            yield Stale(module.slug, name, f"the notebook {entry['notebook']} is gone")
            continue
        reach = entry_reach(cells[entry["notebook"]], name, library, layout.root, entries)
        for reason in _reasons(entry, reach.code, reach.table, document):
            yield Stale(module.slug, name, reason, mark=name, code="" if reason == _EDITED else reach.code)
    for notebook in cells:
        for name in experiment_names(cells[notebook]):
            if name not in entries:
                yield Stale(module.slug, name, f"{notebook} makes it, and it has not been recorded yet")


def _rows(layout: Layout, module: Module, document: Mapping[str, Any], library: Library) -> Iterator[Stale]:
    rows = document.get("bench", [])
    reaches = {name: benchmark_reach(name, library, layout.root) for name in {row.get("benchmark", "") for row in rows}}
    for row in rows:
        reach = reaches[row.get("benchmark", "")]
        for reason in _reasons(row, reach.code, reach.table, document):
            code = "" if reason == _EDITED else reach.code
            yield Stale(module.slug, row["name"], reason, "bench", row.get("benchmark", ""), code)


def _reasons(entry: Mapping[str, Any], code: str, table: Mapping[str, str], document: Mapping[str, Any]) -> list[str]:
    if entry.get("digest") != digest_of(dict(entry)):
        return [_EDITED]
    if entry.get("code") == code:
        return []
    then = document.get("reached", {}).get(entry.get("code"), {})
    changed = [f"{place} changed" for place in then if place in table and table[place] != then[place]]
    changed += [f"{place} is reached no more" for place in then if place not in table]
    changed += [f"{place} is reached now" for place in table if place not in then] if then else []
    return changed or ["the code that it reaches changed"]


def _minor(version: str) -> str:
    return ".".join(version.split("+")[0].split(".")[:2])
