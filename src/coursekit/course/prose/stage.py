"""The gates of prose: each is a file with `check(prose) -> findings`, over all documents of the course."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.prose import (
    cells,
    citations,
    comparatives,
    links_external,
    links_internal,
    markdown,
    numbers,
    spelling,
    terms,
    verdicts,
)
from coursekit.course.prose.prose import Prose

# In this order. The last two need Node.js: where it or its packages are missing, the others have spoken.
GATES = (
    terms.check,
    numbers.check,
    cells.check,
    comparatives.check,
    verdicts.check,
    citations.check,
    links_internal.check,
    links_external.check,
    spelling.check,
    markdown.check,
)


def prose_findings(prose: Prose) -> Iterator[Finding]:
    """What all gates find: problems, and what authors let stand.

    Raises:
        CourseError: after the other gates have spoken, if one cannot run.
    """
    for gate in GATES:
        yield from gate(prose)
