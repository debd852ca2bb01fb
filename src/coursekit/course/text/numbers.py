"""The rule of the numbers, over the HTML of a slide, a cell or a page: which claims of size have no origin.

A number has an origin if it is measured (``data-metric``), published (``data-claim``), cited, or marked with a reason
(``data-structural``). So has a claim of size in words, in a formula or in code (sizes.py). What is no size needs none:
code and formulas otherwise, dates, names, labels (structural.py).

A citation covers the three claims that stand before it in its part of the sentence: a part ends at a semicolon, at
another citation and at what is measured here. A work that is named («Kaplan et al. (2020, tabla 2) dan…») also covers
three after it. In a row of a table a citation covers all that stands before it, and a ``.source`` line that cites
covers the whole table above it.

Leaves out: whether a citation says what the sentence says.
"""

from __future__ import annotations

import copy
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping

from bs4 import NavigableString, Tag
from bs4.element import PreformattedString

from coursekit.course.text import sizes
from coursekit.course.text.fold import fold
from coursekit.course.text.structural import STRUCTURAL
from coursekit.course.text.units import SIGNS, UNIT

# Stand for a citation, which covers what comes before it; for one that covers its sentence («Kaplan et al. (2020,
# tabla 2) dan…»); for what has its origin or needs none; for what is measured here; and for a row of a table.
CITE, COVER, SAFE, OWN, ROW = "\ue000", "\ue002", "\ue001", "\ue003", "\ue004"
MARKS = {"[data-structural]": SAFE, "[data-metric]": OWN, "[data-claim]": SAFE, ".cite": CITE}
COVERED = 3  # claims that one citation covers in a sentence
_DRAWN = "mjx-container, math, .katex"
_SKIPPED = "style, script, template"
_BLOCKS = {
    *("p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "table", "thead", "tbody", "tr", "dl", "dt"),
    *("dd", "blockquote", "figure", "figcaption", "section", "aside", "details", "summary", "article", "caption"),
    *("header", "footer", "pre", "svg"),
}
# Digits of every script, and ½, Ⅷ, ⁹, ①.
_OTHER = "".join(c for c in map(chr, range(0x80, sys.maxunicode)) if unicodedata.category(c) in ("No", "Nl"))
_DIGIT = re.compile(rf"[\d{_OTHER}]")
_D = _DIGIT.pattern
NUMBER = re.compile(rf"{_D}+(?:[.,]{_D}+|[\u202f\u00a0 ]{_D}{{3}}(?!{_D}))*(?:\^\{{?-?\d+)?")
_SIZED = re.compile(rf"{NUMBER.pattern}(?=[\s\u00a0\u202f]?(?:{SIGNS}|{UNIT}|de\s+cada\b))|(?<=×)\s?{NUMBER.pattern}")
_HEADING_NUMBER = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2})*(?:[.)]\s+|\s+(?=[¿¡«A-ZÁÉÍÓÚÑ]|·\s))")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[¿¡«(\"]?[A-ZÁÉÍÓÚÜÑ])")


def open_numbers(marked_tag: Tag, *, sized: bool = False) -> Iterator[tuple[str, str]]:
    """(sentence, number) of each claim of size without an origin in a tag that `marked` has marked."""
    for text in sentences(marked_tag):
        yield from open_in(text, sized=sized)


def open_in(text: str, *, sized: bool = False) -> Iterator[tuple[str, str]]:
    """(sentence, number) of each claim of size without an origin in one marked sentence.

    Args:
        text: the sentence.
        sized: whether only numbers with a unit or a sign (%, ×) count, as in a question that gives what it asks about.
    """
    bare = _without_names(text)
    claims = sorted(_claims(bare, _SIZED if sized else NUMBER))
    covered = _covered(bare, [place for place, _ in claims])
    for place, claim in claims:
        if place not in covered:
            yield shown(text), claim


def _without_names(text: str) -> str:
    """The text with a mark for each digit of a date, a name or a label."""
    marked = list(text)
    for match in STRUCTURAL.finditer(fold(text)):
        for place in range(match.start(), match.end()):
            if _DIGIT.match(text[place]):
                marked[place] = SAFE
    return "".join(marked)


def count(words: str) -> int:
    """How many claims of size there are in a few words; a range («2 a 32», «20-40») is one."""
    return len(list(open_in(re.sub(r"\d+\s?(?:a|[-–×x])\s?(?=\d)", "", words))))


def _claims(bare: str, number: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    digits = list(number.finditer(bare))
    yield from ((match.start(), match[0].strip()) for match in digits)
    for place, words in sizes.in_words(bare):
        if not any(place - 2 <= match.start() < place + len(words) or 0 <= place - match.end() < 2 for match in digits):
            yield place, " ".join(words.split())


def _covered(text: str, places: list[int]) -> set[int]:
    """The places that a citation covers."""
    covered: set[int] = set()
    if text.startswith(ROW):
        last = max(text.rfind(CITE), text.rfind(COVER))
        return {place for place in places if place < last or COVER in text}
    ends = [-1, *(match.start() for match in re.finditer(f"[;{CITE}{COVER}{OWN}]", text)), len(text)]
    for before, here, after in zip(ends, ends[1:], ends[2:]):
        if text[here] in CITE + COVER:
            covered |= set([place for place in places if before < place < here][-COVERED:])
        if text[here] == COVER:
            covered |= set([place for place in places if here < place < after][:COVERED])
    return covered


def shown(text: str) -> str:
    """A marked sentence as a finding quotes it."""
    text = re.sub(f"[{CITE}{COVER}]", "(…)", text)
    return " ".join(re.sub(f"[{SAFE}{OWN}]+", "#", text.replace(ROW, "")).split())


def marked(tag: Tag, marks: Mapping[str, str] = MARKS) -> Tag:
    """A copy of the tag in which what each selector of `marks` finds is one character.

    A formula or a piece of code becomes the sizes that it holds, if any, and else one character, too.
    """
    copied = copy.copy(tag)
    for selector, mark in {_SKIPPED: "", **marks}.items():
        for found in copied.select(selector):
            found.replace_with(mark)
    for drawn in copied.select(_DRAWN):
        after = drawn.next_sibling
        drawn.replace_with(formula(_tex(drawn), str(after) if isinstance(after, NavigableString) else ""))
    for block in copied.find_all("pre"):
        lines = [sizes.in_code(line) for line in block.get_text().split("\n")]
        block.string = ". ".join(" ".join(found) for found in lines if found)
    for code in copied.find_all("code"):
        code.replace_with(_or_safe(sizes.in_code(code.get_text())))
    return copied


def _tex(drawn: Tag) -> str:
    svg = drawn.find("svg")
    return svg.get("aria-label", "") if svg else drawn.get_text()


def formula(tex: str, after: str = "") -> str:
    """What stands in a marked text for a formula: the sizes that it holds, or one character.

    Args:
        tex: the formula, without dollar signs.
        after: the text that follows it.
    """
    return _or_safe(sizes.in_formula(tex, after))


def _or_safe(found: list[str]) -> str:
    return " ".join(found) or SAFE


def sentences(tag: Tag) -> Iterator[str]:
    """The sentences of a marked tag: no sentence goes from one block into the next."""
    for run in _runs(tag):
        yield from sentences_of(run)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text that is one block."""
    return _SENTENCE.split(text)


def _runs(tag: Tag) -> Iterator[str]:
    """The text of each block; a table row is one block, and a source line that cites covers its table."""
    text = ""
    for child in tag.children:
        if isinstance(child, PreformattedString):
            continue
        if isinstance(child, NavigableString):
            text += str(child)
        elif child.name not in _BLOCKS:
            text += " " if child.name == "br" else child.get_text()
        else:
            yield text
            text = ""
            if child.name == "tr":
                cells = [cell.get_text() for cell in child.find_all(["td", "th"])]
                yield ROW + "; ".join(cells) + _table_source(child)
            else:
                yield from _runs(child)
    yield text


def numbered_headings(tag: Tag) -> Tag:
    """The tag, in which the section numbers of its headings («2.1 La máscara») are marked: a slide's have none."""
    for heading in tag.find_all(re.compile("h[1-6]")):
        first = next(heading.strings, None)
        if first is not None:
            first.replace_with(_HEADING_NUMBER.sub(SAFE + " ", first))
    return tag


def _table_source(row: Tag) -> str:
    table = row.find_parent("table")
    after = table.find_next_sibling() if table else None
    cites = after is not None and "source" in after.get("class", ()) and CITE in after.get_text()
    return CITE if cites else ""
