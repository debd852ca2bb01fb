"""A built deck, as its gates and its notes read it: each of its pages is parsed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from coursekit.course.decks.html import Section, read_sections
from coursekit.course.errors import CourseError

EDITIONS = ("instructor", "student")
ROUTE_SUFFIX = "-15min"


@dataclass(frozen=True)
class BuiltPage:
    """One HTML file of a deck, read when it is first asked for; what is built later is another page."""

    path: Path

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page as a tree.

        Raises:
            CourseError: if it has not been built.
        """
        if not self.path.exists():
            raise CourseError(f"{self.path.stem}: its deck was not built: run `coursekit slides {self.path.stem}`")
        return BeautifulSoup(self.path.read_text(encoding="utf-8", errors="replace"), "lxml")

    @cached_property
    def sections(self) -> list[Section]:
        """The slides, in order."""
        return read_sections(self.soup)

    @cached_property
    def written(self) -> list[Section]:
        """The slides that the author wrote: all but the references."""
        return [section for section in self.sections if "references" not in section.classes]

    @cached_property
    def notes(self) -> dict[int, list[Tag]]:
        """The presenter notes, by the slide's position from 0. Marp's template `bespoke` has them, `bare` has none."""
        notes: dict[int, list[Tag]] = {}
        for note in self.soup.select(".bespoke-marp-note"):
            notes.setdefault(int(note["data-index"]), []).append(note)
        return notes


@dataclass(frozen=True)
class BuiltDeck:
    """A deck below `outputs` (build/decks). `complete`: in every edition and format, which the style guide is not."""

    name: str
    outputs: Path
    complete: bool = True

    @cached_property
    def page(self) -> BuiltPage:
        """The plain page that the gates look at, beside the outputs: build/check/decks/NAME.html."""
        return BuiltPage(self.outputs.parent / "check" / "decks" / f"{self.name}.html")

    @cached_property
    def instructor(self) -> BuiltPage:
        """The page that presenters open."""
        return BuiltPage(self.file("instructor", ".html"))

    @cached_property
    def route(self) -> BuiltPage:
        """The page of the 15-minute route."""
        return BuiltPage(self.file("instructor", f"{ROUTE_SUFFIX}.html"))

    def file(self, edition: str, ending: str) -> Path:
        """The output with this ending (".pdf", "-15min.pdf") in an edition."""
        return self.outputs / edition / f"{self.name}{ending}"
