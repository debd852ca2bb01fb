"""No number without an origin: the gate over the text of a built deck, slide by slide.

The rule itself is `numbers_rule`'s. A published figure (``data-claim``) also needs a citation after it, and a number
that is let stand (``data-structural``) a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from coursekit.course.decks.html import Section, read_sections
from coursekit.course.finding import Finding
from coursekit.course.text.numbers import marked, open_numbers

_REMEDY = 'measure it (data-metric), cite it ([@key, lugar]), or say why not (data-structural="…")'


def check_numbers(bare_html: Path) -> list[Finding]:
    """Every number without an origin, every published one without a citation, every mark without a reason."""
    return [finding for section in _sections(bare_html) for finding in _check(bare_html.stem, section)]


def structural_numbers(bare_html: Path) -> list[Finding]:
    """What the author marked as structural, with the reason: for a person to judge."""
    return [
        section.finding(bare_html.stem, f"«{span.get_text()}»", span["data-structural"], "")
        for section in _sections(bare_html)
        for span in section.tag.select("[data-structural]")
    ]


def _sections(bare_html: Path) -> list[Section]:
    soup = BeautifulSoup(bare_html.read_text(encoding="utf-8"), "lxml")
    return [section for section in read_sections(soup) if "references" not in section.classes]


def _check(deck: str, section: Section) -> Iterator[Finding]:
    for span in section.tag.select("[data-structural]"):
        if not span["data-structural"].strip():
            remedy = 'say it: data-structural="…"'
            yield section.finding(deck, f"«{span.get_text()}»", "is let stand without a reason", remedy)
    for claim in section.tag.select("[data-claim]"):
        if not any("cite" in tag.get("class", ()) for tag in claim.find_all_next("span") if section.tag in tag.parents):
            problem = "a published figure without a citation after it"
            yield section.finding(deck, f"«{claim.get_text()}»", problem, "add [@key, lugar]")
    for sentence, number in open_numbers(marked(section.tag)):
        yield section.finding(deck, f"«{sentence}»", f"{number} has no origin", _REMEDY)
