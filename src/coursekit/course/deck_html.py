"""The slides of a built deck, as its HTML shows them."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True)
class Section:
    """One slide: its number in the source, its statement, and its `<section>`."""

    number: int
    title: str
    classes: frozenset[str]
    tag: Tag

    @property
    def minutes(self) -> float | None:
        return _number(self.tag.get("data-minutes"))

    @property
    def route(self) -> float | None:
        return _number(self.tag.get("data-route"))

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
        title = " ".join(heading.get_text(" ").split()) if heading else ""
        sections.append(Section(int(tag.get("data-slide", 0)), title, frozenset(tag.get("class", ())), tag))
    return sections


def _number(value: str | None) -> float | None:
    return None if value is None else float(value)
