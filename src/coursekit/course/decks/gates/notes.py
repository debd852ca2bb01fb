"""Content slides have presenter notes. Title and references slides need none; nor does a student edition."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import Finding


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Content slides without notes."""
    for section in deck.page.sections:
        if section.note_words == 0 and not section.classes & {"lead", "title", "references"}:
            yield section.finding(deck.name, "notes", "there are none", "say what to say in a <!-- comment -->")
