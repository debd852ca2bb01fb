"""No number without an origin: the gate over the text of a built deck, slide by slide.

The rule itself stands in text/numbers.py. It is asked of what the slide says, of its alternative texts and titles, and,
once for a deck, of header and footer. An origin counts where the engine has resolved it. A number that is let stand
(``data-structural``) has a reason.

Leaves out: notes and styles, which `coursekit.course.prose` reads in the source; where a published figure is cited
(claims.py).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from bs4 import Tag

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.course.text.attributes import attributes
from coursekit.course.text.marks import faults
from coursekit.course.text.numbers import CITE, OWN, SAFE, count, marked, open_in, open_numbers, sentences_of

METRIC, CLAIM = "[data-metric].metric[title]", "[data-claim].claim[title]"
CITATION = ".cite:has([data-cite])"
STATES = '.ends[data-measured="states"]'  # the engine wrote it, from what a notebook recorded
_MARKS = {"[data-structural]": SAFE, METRIC: OWN, STATES: OWN, CLAIM: SAFE, CITATION: CITE}
_REMEDY = 'measure it (data-metric), cite it ([@key, lugar]), or say why not (data-structural="…")'


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every number without an origin; every mark, and those without reason."""
    seen: set[str] = set()
    for section in deck.page.written:
        yield from _marks(deck.name, section)
        tag = _once(section.tag, seen, deck.name[:2])
        found = [*open_numbers(marked(tag, _MARKS)), *_outside(tag)]
        for sentence, number in found:
            yield section.finding(deck.name, f"«{sentence}»", f"{number} has no origin", _REMEDY)


def _marks(deck: str, section: Section) -> Iterator[Finding]:
    for span in section.tag.select("[data-structural]"):
        words, reason = span.get_text(), span["data-structural"]
        yield section.mark(deck, f"«{words}»", reason)
        for problem, remedy in faults(words, reason, count(words)):
            yield section.finding(deck, f"«{words}»", problem, remedy)


def _once(tag: Tag, seen: set[str], module: str) -> Tag:
    """The slide without the header and the footer that slides before it had, and without its module's number there."""
    copied = copy.copy(tag)
    for edge in copied.select("header, footer"):
        if edge.get_text() in seen:
            edge.decompose()
        else:
            seen.add(edge.get_text())
            edge.string = re.sub(rf"(^|· ?){module}(?= [^\W\d_])", r"\1", edge.get_text())
    return copied


def _outside(tag: Tag) -> Iterator[tuple[str, str]]:
    for _, words in attributes(tag):
        for sentence in sentences_of(words):
            yield from open_in(sentence)
