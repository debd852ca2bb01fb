"""What is wrong with a document of the course (a deck, a notebook, a page), where, and what to do: one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coursekit.course.errors import CourseError

_WHOLE = {"slide": "deck", "cell": "notebook", "line": "page"}


@dataclass(frozen=True)
class Finding:
    """One problem of a document. `number` is the slide's in the source, from 1; 0 means the document as a whole.

    Of a notebook (`unit` "cell") it is the cell's position, and of a page ("line") the line, under the heading `title`.
    """

    document: str
    number: int
    title: str
    element: str
    problem: str
    remedy: str
    unit: str = "slide"

    def __str__(self) -> str:
        place = f"{self.unit} {self.number} «{self.title}»" if self.number else _WHOLE[self.unit]
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.document}, {place}: {self.element}: {self.problem}{remedy}"


@dataclass(frozen=True)
class Mark(Finding):
    """What an author lets stand: no problem, but for a person to judge. `problem` is the author's reason."""

    remedy: str = ""


class FindingsError(CourseError):
    """A document that cannot be built or read. The message has one line a finding."""

    def __init__(self, findings: Sequence[Finding]):
        self.findings = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
