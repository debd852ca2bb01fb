"""A title of the second edition is a finding: a sentence with its verb, of 14 words at most; in `claim`, its number.

Leaves out: questions, and slides whose kind is their title (cover, divider, summary, references). A verb that is not
known stands in text/title_verbs.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.course.text.title_verbs import has_verb

MOST_WORDS = 14
_KINDS = {"lead", "title", "part", "question", "summary", "references"}


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Titles that are topics, too long, or without the number that their figure proves."""
    for section in deck.page.sections:
        if section.second and section.title and not section.classes & _KINDS:
            yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    if section.title.startswith("¿"):
        return
    if not has_verb(section.title):
        yield section.finding(
            deck, "title", "has no verb", "say what was found; a verb is added in text/title_verbs.py"
        )
    if len(section.title.split()) > MOST_WORDS:
        count = len(section.title.split())
        yield section.finding(deck, "title", f"has {count} words, more than {MOST_WORDS}", "say it shorter")
    if "claim" in section.classes and not re.search(r"\d", section.title):
        remedy = 'write it: <span data-metric="NAME">…</span>'
        yield section.finding(deck, "title", "of a claim does not say its number", remedy)
