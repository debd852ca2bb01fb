"""A number of a longer run stands beside the mark that says when and where it was recorded (`@recorded`).

Each with its own: in one table some rows may be older than others. The mark stands on the same slide, once for all the
numbers that share it; the engine shows it as a dot with a tooltip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding

_MARK = re.compile(r"grabado el .*")  # as the tooltip of a metric ends


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every number of a longer run whose mark its slide does not show."""
    for section in deck.page.written:
        yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    marks = [mark["title"] for mark in section.tag.select(".recorded[title]")]
    shown = " ".join([*section.tag.get_text().split(), *marks])
    for span in section.tag.select("[data-metric][title]:not(.recorded)"):
        mark = _MARK.search(span["title"])
        if mark and mark[0] not in shown:
            remedy = f'add <span data-metric="{span["data-metric"]}@recorded">…</span> and run `coursekit sync`'
            yield section.finding(deck, f"«{span.get_text()}»", f"stands without its mark, «{mark[0]}»", remedy)
