"""What is wrong with a deck (or a notebook, or a page), where, and what to do about it: one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coursekit.course.errors import CourseError

_WHOLE = {"slide": "deck", "cell": "notebook", "line": "page"}


@dataclass(frozen=True)
class Finding:
    """One problem of one slide. `slide` is its number in the source, from 1; 0 means the deck as a whole.

    Of a notebook (`unit` "cell") it is the cell's position, and of a page ("line") the line, under the heading `title`.
    """

    deck: str
    slide: int
    title: str
    element: str
    problem: str
    remedy: str
    unit: str = "slide"

    def __str__(self) -> str:
        place = f"{self.unit} {self.slide} «{self.title}»" if self.slide else _WHOLE[self.unit]
        remedy = f"; {self.remedy}" if self.remedy else ""  # what authors let stand needs none
        return f"{self.deck}, {place}: {self.element}: {self.problem}{remedy}"


class DeckError(CourseError):
    """A deck that cannot be built. The message has one line a finding."""

    def __init__(self, findings: Sequence[Finding]):
        self.findings = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
