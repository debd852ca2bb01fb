"""The 15-minute route of the second edition: at most eight slides, and a summary that names nothing it does not show.

A name is what the summary prints in bold, in italics or as code, a word with capitals inside, or a capital inside a
sentence. It is not shown where it stands on core slides of the deck, and on none of the route's but the summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section, text_of
from coursekit.course.finding import Finding

MOST_SLIDES = 8
_CAPITAL = re.compile(r"(?<![.:;!?¿¡«»\n]\s)(?<!^)(?<![\w-])([^\W\d_]*[A-ZÁÉÍÓÚÑ][\w-]+)")


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """A route that is too long, a summary that is another's."""
    sections = [section for section in deck.page.sections if "references" not in section.classes]
    route = [section for section in sections if section.route is not None]
    if not route or not route[0].second:
        return
    if len(route) > MOST_SLIDES:
        problem = f"has {len(route)} slides, more than {MOST_SLIDES}"
        yield Finding(deck.name, 0, "", "route", problem, "mark fewer with _route")
    told = " ".join(text_of(section.tag) for section in route if "summary" not in section.classes).casefold()
    for summary in (section for section in route if "summary" in section.classes):
        for name in sorted(_names(summary)):
            if name.casefold() not in told:
                remedy = "show it, leave it out, or give the route a summary of its own: _only: route"
                yield summary.finding(deck.name, f"«{name}»", "is named in the route and not shown in it", remedy)


def _names(summary: Section) -> set[str]:
    body = [tag for tag in summary.tag.find_all(["li", "p"])]
    marked = {text_of(tag) for block in body for tag in block.find_all(["strong", "em", "code"])}
    inside = {name for block in body for name in _CAPITAL.findall(text_of(block))}
    return {name for name in marked | inside if any(map(str.isalpha, name))}
