"""No number without an origin: the gate over the text of a built deck, slide by slide.

The rule itself stands in text/numbers.py. A published figure (``data-claim``) also needs a citation after it, and a
number that is let stand (``data-structural``) a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.course.text.numbers import marked, open_numbers

_REMEDY = 'measure it (data-metric), cite it ([@key, lugar]), or say why not (data-structural="…")'


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every number without an origin, every published one without a citation; every mark, and those without reason."""
    for section in deck.page.written:
        yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    for span in section.tag.select("[data-structural]"):
        yield section.mark(deck, f"«{span.get_text()}»", span["data-structural"])
        if not span["data-structural"].strip():
            remedy = 'say it: data-structural="…"'
            yield section.finding(deck, f"«{span.get_text()}»", "is let stand without a reason", remedy)
    for claim in section.tag.select("[data-claim]"):
        if not any("cite" in tag.get("class", ()) for tag in claim.find_all_next("span") if section.tag in tag.parents):
            problem = "a published figure without a citation after it"
            yield section.finding(deck, f"«{claim.get_text()}»", problem, "add [@key, lugar]")
    for sentence, number in open_numbers(marked(section.tag)):
        yield section.finding(deck, f"«{sentence}»", f"{number} has no origin", _REMEDY)
