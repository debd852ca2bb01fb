"""recorded.json: what longer runs measured, with where, when and from what code.

Entries are replaced one by one. Of a notebook that failed, what it had measured by then is saved. Each entry carries a
digest of itself, so that an edit by hand is seen, and one hash of all the code that it reaches; `reached` says of each
such hash what stood in it, module by module.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from coursekit.course.layout import Layout, write_text
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import Job, failed_copy
from coursekit.course.notebooks.read import INJECTED, read_plain
from coursekit.course.results.collect import read_recorded, recorded_payloads
from coursekit.course.results.library import Library
from coursekit.course.results.reach import entry_reach
from coursekit.notebook.lesson import STAGED
from coursekit.notebook.provenance import machine, versions
from coursekit.root import checkout

_UNCOUNTED = {"install", "exercise", INJECTED}


def save_recorded(module: Module, job: Job, *, failed: bool = False) -> list[str]:
    """Put what the executed `job` (profile `record`) emitted into the module's recorded.json; return the names.

    Args:
        failed: the job did not reach its end: of what it did not come to, the old entries stay.
    """
    executed = failed_copy(job) if failed else job.output()
    payloads = recorded_payloads(executed) if executed.exists() else []
    source = Path(job.notebook)
    document = read_recorded(module)
    # what this notebook no longer records goes; what other notebooks recorded stays, and what this one only read
    entries = {
        name: entry
        for name, entry in document.get("entries", {}).items()
        if entry["notebook"] != source.stem or name in job.fresh or failed
    }
    cells, layout = code_cells(executed) if payloads else [], Layout(Path(job.root))
    library = library_of(layout)
    for payload in payloads:  # in the order in which they were measured: one may read those before it
        reach = entry_reach(cells, payload["name"], library, layout.root, entries)
        document.setdefault("reached", {})[reach.code] = reach.table
        entries[payload["name"]] = sealed(
            {
                "notebook": source.stem,
                "profile": job.profile,
                "parameters": job.parameters,
                "date": date.today().isoformat(),
                "machine": machine(),
                "versions": versions(),
                "seconds": payload["seconds"],
                "code": reach.code,
                "data": json.loads(payload["data"]),
            }
        )
    if payloads:
        write_recorded(module, {**document, "entries": entries})
        _put_in_place(module, payloads)
    return sorted(payload["name"] for payload in payloads)


def _put_in_place(module: Module, payloads: list[dict[str, Any]]) -> None:
    """Give the weights that were trained the place of the old ones, now that their hash is recorded."""
    for payload in payloads:
        staged = module.folder / f"{payload['name']}{STAGED}"
        if payload["name"].startswith("weights/") and staged.exists():
            staged.replace(staged.with_suffix(".safetensors"))


def write_recorded(module: Module, document: dict[str, Any]) -> None:
    """Write recorded.json; tables of code that no entry was made from any more are left out."""
    made = [*document.get("entries", {}).values(), *document.get("bench", [])]
    codes = {entry.get("code") for entry in made}
    reached = {code: table for code, table in sorted(document.get("reached", {}).items()) if code in codes}
    document = {**document, "reached": reached} if reached else {k: v for k, v in document.items() if k != "reached"}
    text = json.dumps(document, indent=1, ensure_ascii=False)  # the order of the rows is part of the data
    write_text(module.folder / "recorded.json", text + "\n")


def sealed(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry (or a row of the bench) with the digest of all that it says."""
    return {**entry, "digest": digest_of(entry)}


def digest_of(entry: dict[str, Any]) -> str:
    """The digest of an entry, its own digest left out. The order of the data counts, that of the keys does not."""
    said = {key: entry[key] for key in sorted(entry) if key != "digest"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def library_of(layout: Layout) -> Library:
    """The kernels: the course's own, or those of this checkout."""
    own = layout.source
    return Library(own if own.is_dir() else checkout() / "src" / "coursekit")


def code_cells(notebook: Path) -> list[str]:
    """Source of the cells that may measure something: not installation, exercises, or what papermill adds."""
    return [
        cell["source"]
        for cell in read_plain(notebook)["cells"]
        if cell["cell_type"] == "code" and not _UNCOUNTED & set(cell["metadata"].get("tags", []))
    ]
