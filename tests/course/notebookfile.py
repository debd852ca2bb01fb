"""Changes to the notebook of minicourse.py."""

from __future__ import annotations

import json
from pathlib import Path

from minicourse import MiniCourse


def tag(course: MiniCourse, cell: int, tags: list[str], **metadata: object) -> Path:
    """Give the metadata of a code cell of 09-mini; the notebook's path."""
    path = course.layout.notebooks / "09-mini.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"][cell]["metadata"] = {"tags": tags, **metadata}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
