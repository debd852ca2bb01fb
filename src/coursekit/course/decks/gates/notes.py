"""Content slides have presenter notes, of a few words at least. Title and references slides need none.

A student edition has no notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import Finding

MINIMUM_WORDS = 5


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Content slides without notes, or with so few words that they say nothing."""
    for section in deck.page.sections:
        words = section.note_words
        if words is None or words >= MINIMUM_WORDS or section.classes & {"lead", "title", "references"}:
            continue
        if words:
            remedy = f"say what to say, in {MINIMUM_WORDS} words or more"
            yield section.finding(deck.name, "notes", f"are of {words} word{'s' * (words > 1)}", remedy)
        else:
            yield section.finding(deck.name, "notes", "there are none", "say what to say in a <!-- comment -->")
