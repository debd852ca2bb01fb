"""The gates of notebooks: each is a file with `check(notebook) -> findings`."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks import cells, figures, origins, outside, replay
from coursekit.course.notebooks.read import Notebook

COMMITTED = (cells.check, outside.check, origins.check, replay.check)
EXECUTED = (figures.check,)


def committed_findings(notebook: Notebook) -> Iterator[Finding]:
    """What all gates find in a notebook as it is committed: problems, and what authors let stand.

    Raises:
        CourseError: if it is not a notebook.
    """
    for gate in COMMITTED:
        yield from gate(notebook)


def executed_findings(notebook: Notebook) -> Iterator[Finding]:
    """What all gates find in an executed copy.

    Raises:
        CourseError: if it is corrupt.
    """
    for gate in EXECUTED:
        yield from gate(notebook)
