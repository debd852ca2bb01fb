"""A core slide of the second edition has at most 60 words and three numbers outside its figures.

Words of code, citations, formulas and drawings do not count; a number that stands twice counts once. `_let: reason`, in
the slide's comment, lets one through; the checks print it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from bs4 import Tag

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding

MOST_WORDS, MOST_NUMBERS = 60, 3
_REASON = 3  # words
_LEFT_OUT = "header, footer, pre, svg, img, mjx-container, .cite, .recorded, .progress, .control, .ends, script, style"
_NUMBER = re.compile(r"(?<![\w,.])[-−]?\d[\d\u202f\u00a0]*(?:[.,]\d+)*(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Slides that hold more, without a reason; reasons that are none, or that nothing needs."""
    for section in deck.page.sections:
        if section.second and section.is_core:
            yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    said = _outside_figures(section.tag).get_text(" ")
    words = len([word for word in said.split() if any(map(str.isalnum, word))])
    numbers = {re.sub(r"\s", "", number) for number in _NUMBER.findall(said)}
    dense = [f"{words} words"] * (words > MOST_WORDS) + [f"{len(numbers)} numbers"] * (len(numbers) > MOST_NUMBERS)
    reason = section.tag.get("data-let")
    if reason is None:
        remedy = "say it in the note, show it in the figure, or write _let: and why"
        if dense:
            limit = f"{MOST_WORDS} words and {MOST_NUMBERS} numbers"
            yield section.finding(deck, "slide", f"has {' and '.join(dense)}, more than {limit}", remedy)
    elif len(reason.split()) < _REASON:
        yield section.finding(deck, f"_let: {reason}", "is no reason", f"say why in {_REASON} words or more")
    elif not dense:
        yield section.finding(deck, f"_let: {reason}", "lets nothing through: the slide is not dense", "take it out")
    else:
        yield section.mark(deck, " and ".join(dense), reason)


def _outside_figures(tag: Tag) -> Tag:
    copied = copy.copy(tag)
    for left_out in copied.select(_LEFT_OUT):
        left_out.decompose()
    return copied
