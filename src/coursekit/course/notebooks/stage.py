"""The gates of notebooks: each is a file with `check(notebook) -> findings`."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.course import Course
from coursekit.course.finding import Finding
from coursekit.course.notebooks import cells, figures
from coursekit.course.notebooks.read import Notebook

COMMITTED = (cells.check,)
EXECUTED = (figures.check,)


def committed_findings(notebook: Notebook) -> Iterator[Finding]:
    """What all gates find in a notebook as it is committed: problems, and what authors let stand.

    Raises:
        CourseError: if it is not a notebook.
    """
    for gate in COMMITTED:
        yield from gate(notebook)


def executed_findings(course: Course) -> Iterator[Finding]:
    """What all gates find in the executed copies of the course's notebooks, where there are any.

    Raises:
        CourseError: if one is corrupt.
    """
    layout = course.layout
    for path in (layout.executed / source.name for module in course.modules for source in module.notebooks(layout)):
        if path.exists():
            for gate in EXECUTED:
                yield from gate(Notebook(path, layout.relative(path)))
