"""Skip what has not changed: a stamp a deck, which maps each output to the hash of all that went into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from coursekit.course.layout import write_text


class Stamps:
    """The stamps of one deck, kept in `path`; safe to use from several threads."""

    def __init__(self, path: Path):
        self._path = path
        self._lock = Lock()
        self._stamps = _read(path)

    def fresh(self, output: Path, digest: str) -> bool:
        return self._stamps.get(str(output)) == digest and output.exists()

    def save(self, output: Path, digest: str) -> None:
        with self._lock:
            self._stamps[str(output)] = digest
            write_text(self._path, json.dumps(self._stamps, indent=1, sort_keys=True) + "\n")


def _read(path: Path) -> dict[str, Any]:
    """The stamps in a file; none where they are not as they were written: then everything is stale."""
    try:
        stamps = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def digest_files(paths: Iterable[Path]) -> str:
    """One hash of the names and contents of files; a missing file counts as empty."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.name}\0".encode())
        total.update(path.read_bytes() if path.is_file() else b"")
        total.update(b"\0")
    return total.hexdigest()


def digest_values(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
