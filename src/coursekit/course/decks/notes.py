"""The presenter notes as text: slide number, title, minutes, note. Read from the built instructor deck."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from coursekit.course.decks.html import read_sections, text_of


def notes_text(html: Path) -> str:
    """The notes of a deck built with Marp's `bespoke` template."""
    soup = BeautifulSoup(html.read_text(encoding="utf-8"), "lxml")
    notes: dict[int, list[str]] = {}
    for note in soup.select(".bespoke-marp-note"):
        paragraphs = [text_of(paragraph) for paragraph in note.find_all("p")]
        notes.setdefault(int(note["data-index"]), []).extend(paragraphs)
    blocks = []
    for index, section in enumerate(read_sections(soup)):
        minutes = section.minutes
        length = f" ({minutes:g} min)".replace(".", ",") if minutes else ""
        head = f"{index + 1}. {section.title}{length}"
        blocks.append("\n".join([head, "-" * len(head), *notes.get(index, ["(sin notas)"])]))
    return "\n\n".join(blocks) + "\n"
