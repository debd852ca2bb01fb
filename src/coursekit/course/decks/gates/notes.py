"""Content slides have presenter notes, of a few words at least. Title, part and references slides need none.

In the second edition a note says what to say, «Di: …», and answers what it asks, «Pregunta: …» and «Respuesta: …».
A student edition has no notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding

MINIMUM_WORDS = 5


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Content slides without notes, or with so few words that they say nothing."""
    for section in deck.page.sections:
        words = section.note_words
        if words is None or section.classes & {"lead", "title", "part", "references"}:
            continue
        if section.second:
            yield from _spoken(deck.name, section)
        if words >= MINIMUM_WORDS:
            continue
        if words:
            remedy = f"say what to say, in {MINIMUM_WORDS} words or more"
            yield section.finding(deck.name, "notes", f"are of {words} word{'s' * (words > 1)}", remedy)
        else:
            yield section.finding(deck.name, "notes", "there are none", "say what to say in a <!-- comment -->")


def _spoken(deck: str, section: Section) -> Iterator[Finding]:
    said = section.tag.get("data-note-says", "").split()
    if "Di" not in said:
        yield section.finding(deck, "notes", "do not say what to say", "begin with «Di: …», two or three sentences")
    if "Pregunta" in said and "Respuesta" not in said:
        yield section.finding(deck, "notes", "ask and do not answer", "write «Respuesta: …» after «Pregunta: …»")
