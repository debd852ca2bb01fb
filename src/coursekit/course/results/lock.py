"""modules/<slug>/synced.json, the lock: the printed form of each number that a deck or a page shows, and the hash of
each image with the notebook and the cell that made it.

`coursekit sync` writes it beside the literals and figures that it rewrites; the gate (`coursekit.course.results.drift`)
holds texts, figures and fresh results against it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course.layout import Layout, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.recording import digest_of, sealed


@dataclass(frozen=True)
class Lock:
    """What the texts of a module show.

    Attributes:
        metrics: name → printed form, unit included (``{"copy/accuracy": "99,8 %"}``).
        claims: id → what the source published.
        images: path from the course's root → ``sha256``, and ``notebook``, ``cell`` and ``figure`` of what is recorded,
            or ``drawing`` (file and function) and ``metrics`` (name → printed form) of what slides/drawings draws.
        problem: why the file on disk cannot be relied on; empty if it can.
        states: name → labels, values and default of what a control shows.
    """

    metrics: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problem: str = ""
    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def lock_path(module: Module) -> Path:
    return module.folder / "synced.json"


def read_lock(module: Module) -> Lock:
    """The module's lock; empty where there is none, with its problem where it is not as it was written."""
    path = lock_path(module)
    if not path.exists():
        return Lock()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        tables = [*(document[name] for name in ("metrics", "claims", "images")), document.get("states", {})]
        whole = all(isinstance(table, dict) for table in tables) and all(
            isinstance(i, dict) for table in tables[2:] for i in table.values()
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Lock(problem="is cut off or no lock")
    if not whole or document.get("digest") != digest_of(document):
        return Lock(problem="was edited by hand")
    return Lock(*tables[:3], states=tables[3])


def write_lock(module: Module, lock: Lock) -> bool:
    """Write a lock; return whether the file changed. A module that shows nothing has none."""
    path = lock_path(module)
    tables = json.loads(json.dumps({**asdict(lock), "problem": None}, sort_keys=True))
    del tables["problem"]
    if not lock.states:  # most modules have none
        del tables["states"]
    if not any(tables.values()) and not path.exists():
        return False
    text = json.dumps(sealed(tables), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if path.exists() and path.read_bytes() == text.encode():
        return False
    write_text(path, text)
    return True


def image_digest(path: Path) -> str:
    """The hash of an image as it lies on disk."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def image_name(layout: Layout, text: Path, shown: str) -> str | None:
    """An image's path from the course's root, as a lock names it; None if it leads out of the course."""
    path = (text.parent / shown).resolve()
    return path.relative_to(layout.root.resolve()).as_posix() if path.is_relative_to(layout.root.resolve()) else None
