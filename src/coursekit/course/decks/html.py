"""The slides of a built deck, as its HTML shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from coursekit.course.finding import Finding, Mark


@dataclass(frozen=True)
class Section:
    """One slide: its number in the source, its statement, and its `<section>`."""

    number: int
    title: str
    classes: frozenset[str]
    tag: Tag

    def finding(self, deck: str, element: str, problem: str, remedy: str) -> Finding:
        return Finding(deck, self.number, self.title, element, problem, remedy)

    def mark(self, deck: str, element: str, reason: str) -> Mark:
        return Mark(deck, self.number, self.title, element, reason)

    @property
    def second(self) -> bool:
        """Whether its deck keeps to the grammar of the second edition (`edition: 2`)."""
        return self.tag.get("data-edition") == "2"

    @property
    def is_core(self) -> bool:
        """Neither cover nor divider, appendix nor references."""
        return not self.classes & {"lead", "title", "part", "appendix", "references"}

    @property
    def only_route(self) -> bool:
        """Whether it is shown in the route alone (`_only: route`)."""
        return self.tag.get("data-only") == "route"

    @property
    def minutes(self) -> float | None:
        return _number(self.tag.get("data-minutes"))

    @property
    def route(self) -> float | None:
        return _number(self.tag.get("data-route"))

    @property
    def pages(self) -> int:
        """How many pages it has on paper: those of a strip, one a frame."""
        return int(self.tag.get("data-frames", 1))

    @property
    def note_words(self) -> int | None:
        """Words of the presenter notes; None in the student edition, which has none."""
        words = self.tag.get("data-note-words")
        return None if words is None else int(words)


def read_sections(soup: BeautifulSoup) -> list[Section]:
    """The slides in order. Marp draws a slide with a background in layers; only the one with the text counts."""
    sections = []
    for tag in soup.select("foreignObject > section, foreignobject > section"):
        if tag.get("data-marpit-advanced-background", "content") != "content":
            continue
        heading = tag.find(["h1", "h2", "h3"])
        title = text_of(heading) if heading else ""
        sections.append(Section(int(tag.get("data-slide", 0)), title, frozenset(tag.get("class", ())), tag))
    return sections


def text_of(tag: Tag) -> str:
    """The text of a tag as one reads it: tags in a sentence part no words, line breaks do; a formula is its TeX."""
    return " ".join("".join(_parts(tag)).split())


def lines_of(tag: Tag) -> list[str]:
    """The text of a tag in the lines in which it was written, such as those of a note; without what indents all."""
    lines = [line.rstrip() for line in "".join(_parts(tag, "\n")).splitlines()]
    return dedent("\n".join(lines)).strip("\n").splitlines()


def _parts(tag: Tag, line_break: str = " ") -> Iterator[str]:
    for node in tag.children:
        if isinstance(node, Tag):
            if node.name == "mjx-container":  # drawn: slides/engine/formulas.mjs puts its TeX on the drawing
                yield node.svg["aria-label"]
            elif node.name == "br":
                yield line_break
            else:
                yield from _parts(node, line_break)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield str(node)


def _number(value: str | None) -> float | None:
    return None if value is None else float(value)
