"""Every slide has a heading, which is its entry in the outline, and every column of a table its own.

The corner of a table may be empty, where its first column only names the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section, text_of
from coursekit.course.finding import Finding


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Slides without a heading, tables with a column that has none."""
    for section in deck.page.sections:
        yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    if not section.title:
        words = text_of(section.tag)[:40]
        remedy = "write its statement: # …"
        yield section.finding(deck, f"slide «{words}»", "has no heading, so no entry in the outline", remedy)
    for table in section.tag.select("table"):
        heads = [text_of(cell) for cell in table.select("thead th")]
        empty = [i for i, head in enumerate(heads, start=1) if not head]
        if any(i > 1 for i in empty) or (empty and len(heads) == 1):
            element = f"table «{' | '.join(heads)}»"
            yield section.finding(deck, element, f"column {empty[-1]} has no heading", "say in its head what it holds")
