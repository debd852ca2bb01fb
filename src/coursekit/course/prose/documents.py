"""The prose of the course: decks with their notes, notebooks' Markdown, pages, manifests, exercises' messages.

Everything is cut into passages (a slide, a cell, a section), so that a finding names the place as its author knows it.
Leaves out: figures' labels and the comments of code cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit.course.finding import Finding, Mark
from coursekit.course.text.headings import headings, plain


@dataclass(frozen=True)
class Passage:
    """A slide, a cell or a section. `number` is the slide's, the cell's or the first line's, from 1."""

    document: str
    unit: str
    number: int
    title: str
    text: str

    def finding(self, at: int, element: str, problem: str, remedy: str) -> Finding:
        """A finding at the character `at` of the text."""
        return Finding(self.document, self._number(at), self.title, element, problem, remedy, self.unit)

    def mark(self, at: int, element: str, reason: str) -> Mark:
        """What the author lets stand at the character `at` of the text."""
        return Mark(self.document, self._number(at), self.title, element, reason, unit=self.unit)

    def _number(self, at: int) -> int:
        return self.number + (self.text.count("\n", 0, at) if self.unit == "line" else 0)


@dataclass(frozen=True)
class Document:
    """A file with prose. A deck goes by its bare name, as in all its findings; any other file by its path."""

    path: Path
    name: str
    unit: str
    passages: tuple[Passage, ...]
    spanish: bool = True

    def finding(self, element: str, problem: str, remedy: str) -> Finding:
        """A finding about the file as a whole."""
        return Finding(self.name, 0, "", element, problem, remedy, self.unit)

    @property
    def is_markdown(self) -> bool:
        return self.path.suffix in (".md", ".ipynb")

    def headings(self) -> Iterator[str]:
        """The text of each heading, in order."""
        for passage in self.passages:
            yield from (plain(match) for match in headings(passage.text))
