"""The one reader of modules/<slug>/recorded.json: what longer runs and benchmarks measured.

Writing it is the builder's (`coursekit.course.results.recording`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_recorded(root: Path, slug: str) -> dict[str, Any]:
    """The document of a module: {"entries": {name: entry}, "bench": [row]}; empty where nothing was recorded.

    Args:
        root: folder of the course (`coursekit.root.find_root`).
        slug: the module, "03-mamba".

    Raises:
        ValueError: if it is not what was written: cut off, edited into something else (in Spanish: a student reads it).
    """
    path = root / "modules" / slug / "recorded.json"
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        problem = "" if _is_whole(document) else "no tiene la forma que debe"
    except OSError as error:
        problem = f"no se puede leer ({error.strerror})"
    except (ValueError, RecursionError) as error:
        problem = f"no se puede leer ({error})"
    if problem:
        raise ValueError(f"modules/{slug}/recorded.json {problem}: recupéralo con git.")
    return document


def _is_whole(document: Any) -> bool:
    """Are there entries by name, and rows with a name?"""
    if not isinstance(document, dict):
        return False
    entries, rows = document.get("entries", {}), document.get("bench", [])
    named = isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values())
    return named and isinstance(rows, list) and all(isinstance(row, dict) and "name" in row for row in rows)
