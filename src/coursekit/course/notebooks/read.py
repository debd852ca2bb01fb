"""A notebook's file, read and checked."""

from __future__ import annotations

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
