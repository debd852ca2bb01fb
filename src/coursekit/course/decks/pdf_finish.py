"""What Chromium's PDF of a deck lacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfWriter

from coursekit.course.decks.pdf_notes import place_notes
from coursekit.course.decks.pdf_outline import name_outline
from coursekit.course.layout import atomic_write


def finish_pdf(path: Path, titles: Sequence[str]) -> None:
    """Icons of the notes where they show, and an outline of the slides' titles; its tags, language and links stay.

    Args:
        path: a PDF that Marp wrote with an outline; changed in place.
        titles: of its pages, or of the first ones (see `name_outline`).

    Raises: ValueError when the outline has fewer pages; the file stays as it is.
    """
    writer = PdfWriter(path, incremental=True)
    place_notes(writer)
    name_outline(writer, titles)
    with atomic_write(path) as partial:
        writer.write(partial)
