"""A notebook's file, read and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError


def read_notebook(path: Path) -> Any:
    """The notebook as nbformat gives it.

    Raises:
        CourseError: if it is not a notebook.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        problem = str(error).splitlines()[0][:120]
        raise CourseError(f"{path.name}: not a valid notebook ({problem}): restore it from git") from error
    return notebook


def read_plain(path: Path) -> dict[str, Any]:
    """The notebook as its JSON says, each cell's source as one text: without nbformat, whose import takes a second.

    Raises:
        CourseError: if it has no list of cells.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell["metadata"].get("tags", [])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = str(error).splitlines()[0][:120]
        raise CourseError(f"{path.name}: not a valid notebook ({problem}): restore it from git") from error
    return notebook
