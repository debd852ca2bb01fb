"""Minutes add up: the slides' to the deck's, within a tenth or two minutes; the route's to at most 15.

In the route no slide takes longer than in the whole deck.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import Finding

ROUTE_MINUTES = 15


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Slides without minutes, and sums that miss what the deck says; appendix, references and dividers take no time."""
    sections = deck.page.sections
    if not sections:
        yield Finding(deck.name, 0, "", "deck", "has no slides", "write one")
        return
    total = sections[0].tag.get("data-deck-minutes")
    if total is None:
        yield Finding(deck.name, 0, "", "minutes", "the deck does not say how long it is", 'write "minutes: 60" on top')
        return
    outside = {"appendix", "references", "part"}
    core = [section for section in sections if not section.classes & outside and not section.only_route]
    for section in core:
        if section.minutes is None:
            yield section.finding(deck.name, "_minutes", "is missing", 'write "_minutes: 2" in its comment')
    for section in sections:
        if section.route is not None and section.minutes is not None and section.route > section.minutes:
            problem = f"takes {section.route:g} minutes in the route, and {section.minutes:g} in the whole deck"
            yield section.finding(deck.name, "_route", problem, "make _route at most _minutes")
    summed = sum(section.minutes or 0 for section in core)
    if abs(summed - float(total)) > max(2.0, 0.1 * float(total)):
        problem = f"the slides take {summed:g}, the deck says {float(total):g}"
        yield Finding(deck.name, 0, "", "minutes", problem, "correct _minutes or minutes")
    route = sum(section.route or 0 for section in sections)
    if route > ROUTE_MINUTES:
        problem = f"takes {route:g} minutes, more than {ROUTE_MINUTES}"
        yield Finding(deck.name, 0, "", "route", problem, "mark fewer slides or give them less")


def check_module(deck: BuiltDeck, minutes: float | None) -> Iterator[Finding]:
    """A deck that lasts other minutes than its module.toml says; the style guide has no module."""
    sections = deck.page.sections if minutes is not None else []
    total = sections[0].tag.get("data-deck-minutes") if sections else None
    if total is not None and float(total) != minutes:
        problem = f"the deck says {float(total):g}, and module.toml {minutes:g}"
        yield Finding(deck.name, 0, "", "minutes", problem, "correct one of them")
