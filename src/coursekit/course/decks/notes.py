"""The presenter notes as text: slide number, title, minutes, the lines of the note. Read from the built page."""

from __future__ import annotations

from coursekit.course.decks.built import BuiltPage
from coursekit.course.decks.html import lines_of


def notes_text(page: BuiltPage) -> str:
    """The notes of a deck built with Marp's `bespoke` template."""
    blocks = []
    for index, section in enumerate(page.sections):
        minutes = section.minutes
        length = f" ({minutes:g} min)".replace(".", ",") if minutes else ""
        head = f"{index + 1}. {section.title}{length}"
        said = [lines_of(paragraph) for note in page.notes.get(index, ()) for paragraph in note.find_all("p")]
        notes = [line for lines in said for line in lines] if index in page.notes else ["(sin notas)"]
        blocks.append("\n".join([head, "-" * len(head), *notes]))
    return "\n\n".join(blocks) + "\n"
