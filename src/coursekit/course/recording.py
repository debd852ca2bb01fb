"""recorded.json: what longer runs measured, with where, when and from what sources.

Entries are replaced one by one; an entry whose notebook failed stays as it was.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coursekit.course.dependencies import experiment_source
from coursekit.course.execute import Job, read_notebook
from coursekit.course.layout import write_text
from coursekit.course.manifest import Module
from coursekit.course.results import read_recorded, recorded_payloads
from coursekit.provenance import code_hash, machine, module_hash, versions

_UNCOUNTED = {"install", "exercise", "injected-parameters"}


def save_recorded(module: Module, job: Job) -> list[str]:
    """Put what the executed `job` (profile `record`) emitted into the module's recorded.json; return the names."""
    payloads = recorded_payloads(job.output())
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
            "cells": experiment_hash(job.output(), payload["name"]),
            "data": json.loads(payload["data"]),
        }
        for payload in payloads
    }
    document = read_recorded(module)
    # what this notebook no longer records goes; what other notebooks recorded stays
    others = {name: entry for name, entry in document.get("entries", {}).items() if entry["notebook"] != source.stem}
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
    cells = [
        cell.source
        for cell in read_notebook(notebook).cells
        if cell.cell_type == "code" and not _UNCOUNTED & set(cell.metadata.get("tags", []))
    ]
    reached = experiment_source(cells, entry)
    return code_hash("\n".join(code_hash(cell) for cell in cells) if reached is None else reached)


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
            stale.append(Stale(module.slug, name, f"its notebook {entry['notebook']} is gone"))
        elif experiment_hash(notebook, name) != entry["cells"]:
            stale.append(Stale(module.slug, name, f"its code in {entry['notebook']} changed"))
        stale += [Stale(module.slug, name, f"{kernel} changed") for kernel in _changed(entry["kernels"])]
    for row in document.get("bench", []):
        stale += [Stale(module.slug, row["name"], f"{kernel} changed", "bench") for kernel in _changed(row["kernels"])]
    return stale


def _changed(kernels: dict[str, str]) -> list[str]:
    return [kernel for kernel, then in kernels.items() if _current_hash(kernel) != then]


def is_recorded(module: Module, notebook: Path) -> bool:
    """Has the notebook entries in recorded.json, and are they all fresh?"""
    names = {
        name for name, entry in read_recorded(module).get("entries", {}).items() if entry["notebook"] == notebook.stem
    }
    return bool(names) and names.isdisjoint(stale.entry for stale in stale_entries(module, [notebook]))


def _current_hash(kernel: str) -> str:
    """The hash of a module's source as it is now, without importing the module (importing torch takes seconds)."""
    parts = kernel.split(".")
    root = importlib.util.find_spec(parts[0])
    base = Path(root.origin).parent.joinpath(*parts[1:]) if root and root.origin else Path(*parts)
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return module_hash(path)
    return "gone"
