"""What a slide says of a claim is cited from the claim's own work, where it is said.

After a published figure comes the citation of the work that the claim names, in the same block or in the slide's
`.source`; for a heading, anywhere on its slide. Leaves out what the words say: `coursekit.course.prose.verdicts`.
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


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Claims that are cited from another work, elsewhere or not at all, and empty ones."""
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


def _block(tag: Tag) -> Tag:
    return tag.find_parent(_BLOCKS) or tag


def _is_cited(section: Section, claim: Tag, key: str) -> bool:
    """Whether the first citation after the claim in its block names the work, or one of the slide's sources does."""
    block = _block(claim)
    if block.name in ("td", "th"):
        block = block.find_parent("tr") or block
    after = [cite for cite in claim.find_all_next("span", class_="cite") if block in cite.parents]
    if after and block.name not in _HEADINGS and key in _keys(after[0]):
        return True
    places = section.tag.select(".cite" if block.name in _HEADINGS else ".source .cite")
    return any(key in _keys(cite) for cite in places)


def _keys(cite: Tag) -> set[str]:
    return {work["data-cite"] for work in cite.select("[data-cite]")}
