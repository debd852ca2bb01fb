"""Find the course: the folder that holds `modules/`, `notebooks/` and `slides/`."""

from __future__ import annotations

import os
from pathlib import Path


def find_root(start: Path | None = None) -> Path:
    """The course's root folder.

    Looks at the environment variable COURSEKIT_ROOT, then upwards from `start` (the working directory by default),
    then at the checkout that this package was imported from.

    Raises:
        FileNotFoundError: if none of them is a course.
    """
    named = os.environ.get("COURSEKIT_ROOT")
    if named:
        if _is_course(Path(named)):
            return Path(named).resolve()
        raise FileNotFoundError(f"COURSEKIT_ROOT={named} has no modules/ folder: point it at a clone of the course")
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, checkout()):
        if _is_course(folder):
            return folder
    raise FileNotFoundError(
        f"no course found from {here} upwards (expected folders modules/ and notebooks/): run this inside a clone"
    )


def checkout() -> Path:
    """The folder that this package was imported from: a clone of the course, with its Node packages beside it."""
    return Path(__file__).resolve().parents[2]


def _is_course(folder: Path) -> bool:
    return (folder / "modules").is_dir() and (folder / "notebooks").is_dir()
