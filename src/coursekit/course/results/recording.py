"""recorded.json: what longer runs measured, with where, when and from what sources.

Entries are replaced one by one. Of a notebook that failed, what it had measured by then is saved.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coursekit.course.layout import write_text
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import Job, failed_copy
from coursekit.course.notebooks.read import read_notebook
from coursekit.course.results.collect import read_recorded, recorded_payloads
from coursekit.course.results.dependencies import experiment_names, experiment_source
from coursekit.notebook.provenance import code_hash, machine, module_hash, versions

_UNCOUNTED = {"install", "exercise", "injected-parameters"}


def save_recorded(module: Module, job: Job, *, failed: bool = False) -> list[str]:
    """Put what the executed `job` (profile `record`) emitted into the module's recorded.json; return the names.

    Args:
        failed: the job did not reach its end: of what it did not come to, the old entries stay.
    """
    executed = failed_copy(job) if failed else job.output()
    payloads = recorded_payloads(executed) if executed.exists() else []
    source = Path(job.notebook)
    entries = {
        payload["name"]: {
            "notebook": source.stem,
            "profile": job.profile,
            "parameters": job.parameters,
            "date": date.today().isoformat(),
            "machine": machine(),
            "versions": versions(),
            "seconds": payload["seconds"],
            "kernels": payload["kernels"],
            "cells": experiment_hash(executed, payload["name"]),
            "data": json.loads(payload["data"]),
        }
        for payload in payloads
    }
    document = read_recorded(module)
    # what this notebook no longer records goes; what other notebooks recorded stays, and what this one only read
    others = {
        name: entry
        for name, entry in document.get("entries", {}).items()
        if entry["notebook"] != source.stem or name in job.fresh or failed
    }
    merged = {**document, "entries": {**others, **entries}}
    if entries:
        write_recorded(module, merged)
    return sorted(entries)


def write_recorded(module: Module, document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False)  # the order of the rows is part of the data
    write_text(module.folder / "recorded.json", text + "\n")


def experiment_hash(notebook: Path, entry: str) -> str:
    """Hash of the code that a recorded entry depends on, blind to comments and formatting.

    The same for the executed copy. Where the entry's call is not found, all the code counts. Cells that measure
    nothing do not: installation, exercises, the parameters that papermill adds.
    """
    cells = code_cells(notebook)
    reached = experiment_source(cells, entry)
    return code_hash("\n".join(code_hash(cell) for cell in cells) if reached is None else reached)


def code_cells(notebook: Path) -> list[str]:
    """Source of the cells that may measure something."""
    return [
        cell.source
        for cell in read_notebook(notebook).cells
        if cell.cell_type == "code" and not _UNCOUNTED & set(cell.metadata.get("tags", []))
    ]


@dataclass(frozen=True)
class Stale:
    """A recorded entry that was made from other sources than those that are here; `command` makes it anew."""

    module: str
    entry: str
    reason: str
    command: str = "record"


def stale_entries(module: Module, notebooks: list[Path]) -> list[Stale]:
    """The entries of recorded.json whose notebook or kernels have changed since, and the bench's rows likewise."""
    by_name = {path.stem: path for path in notebooks}
    document, stale = read_recorded(module), []
    for name, entry in document.get("entries", {}).items():
        notebook = by_name.get(entry["notebook"])
        if notebook is None:
            stale.append(Stale(module.slug, name, f"the notebook {entry['notebook']} is gone"))
        elif experiment_hash(notebook, name) != entry["cells"]:
            stale.append(Stale(module.slug, name, f"the code in {entry['notebook']} changed"))
        stale += [Stale(module.slug, name, f"{kernel} changed") for kernel in _changed(entry["kernels"])]
    for row in document.get("bench", []):
        stale += [Stale(module.slug, row["name"], f"{kernel} changed", "bench") for kernel in _changed(row["kernels"])]
    return stale


def _changed(kernels: dict[str, str]) -> list[str]:
    return [kernel for kernel, then in kernels.items() if _current_hash(kernel) != then]


def fresh_entries(module: Module, notebook: Path) -> list[str]:
    """The entries of the notebook in recorded.json that its code and its kernels would make again as they are."""
    entries = read_recorded(module).get("entries", {})
    stale = {each.entry for each in stale_entries(module, [notebook])}
    return [name for name, entry in entries.items() if entry["notebook"] == notebook.stem and name not in stale]


def is_recorded(module: Module, notebook: Path) -> bool:
    """Has the notebook entries in recorded.json, are they all fresh, and does it make no others?"""
    fresh = fresh_entries(module, notebook)
    entries = read_recorded(module).get("entries", {}).values()
    made = {name for name in experiment_names(code_cells(notebook))}
    return bool(fresh) and len(fresh) == sum(e["notebook"] == notebook.stem for e in entries) and made <= set(fresh)


def _current_hash(kernel: str) -> str:
    """The hash of a module's source as it is now, without importing the module (importing torch takes seconds)."""
    parts = kernel.split(".")
    root = importlib.util.find_spec(parts[0])
    base = Path(root.origin).parent.joinpath(*parts[1:]) if root and root.origin else Path(*parts)
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return module_hash(path)
    return "gone"
