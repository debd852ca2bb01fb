"""What a slide says of a claim is the claim's: its source is cited there, and words of what failed here do not win.

After a published figure comes the citation of the work that the claim names, in the same block or in the slide's
`.source`; for a heading, anywhere on its slide. Words of a claim that is not reproduced (`reproduced = false`, or
contradicted) deny something in their block; they are printed, for a person to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section, text_of
from coursekit.course.finding import Finding

_BLOCKS = ["p", "li", "tr", "h1", "h2", "h3", "h4", "td", "th", "figcaption", "blockquote", "div", "section"]
_HEADINGS = ("h1", "h2", "h3", "h4")
_SOURCE = re.compile(r"publicado: @(?P<key>[^\s,;]+)")  # as slides/engine/spans.mjs writes the tooltip of a claim
_FAILED = re.compile(r"; (?P<verdict>no reproducido|contradicho) aquí$")
_DENIES = re.compile(r"\b(?:no|ni|nunca|nada|tampoco|sin|según|apenas|solo|falta)\b", re.IGNORECASE)


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Claims that are cited from another work or from none, empty ones, and words that a claim does not bear out."""
    for section in deck.page.written:
        for claim in section.tag.select("[data-claim]"):
            yield from _check(deck.name, section, claim)


def _check(deck: str, section: Section, claim: Tag) -> Iterator[Finding]:
    element, title = f"«{text_of(claim)}»", claim.get("title", "")
    if not text_of(claim):
        remedy = "write what the claim supports between its tags"
        yield section.finding(deck, f'data-claim="{claim["data-claim"]}"', "holds no words", remedy)
        return
    source = _SOURCE.search(title)
    if source and not _is_cited(section, claim, source["key"]):
        remedy = f"add [@{source['key']}, lugar] after it, or to the slide's .source"
        yield section.finding(deck, element, f"its claim is of @{source['key']}, which is not cited there", remedy)
    failed = _FAILED.search(title)
    if failed and not re.search(r"\d", text_of(claim)):
        yield section.mark(deck, element, f"{claim['data-claim']}: {failed['verdict']}")
        if not _DENIES.search(text_of(_block(claim))):
            remedy = "say that it is not so, or rest the words on a claim that is reproduced"
            problem = f"{claim['data-claim']} is «{failed['verdict']}», and nothing there says so"
            yield section.finding(deck, element, problem, remedy)


def _block(tag: Tag) -> Tag:
    return tag.find_parent(_BLOCKS) or tag


def _is_cited(section: Section, claim: Tag, key: str) -> bool:
    """Whether the first citation after the claim in its block names the work; without one, the slide's sources."""
    block = _block(claim)
    if block.name in ("td", "th"):
        block = block.find_parent("tr") or block
    after = [cite for cite in claim.find_all_next("span", class_="cite") if block in cite.parents]
    if after and block.name not in _HEADINGS:
        return key in _keys(after[0])
    places = section.tag.select(".cite" if block.name in _HEADINGS else ".source .cite")
    return any(key in _keys(cite) for cite in places)


def _keys(cite: Tag) -> set[str]:
    return {work["data-cite"] for work in cite.select("[data-cite]")}
