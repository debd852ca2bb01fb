"""Measured spans in a Markdown text: elements that show a metric or a published figure.

``<span data-metric="copy/accuracy">99,8 %</span>`` is one; so is any other element that carries ``data-metric`` or
``data-claim``, whatever the order of its attributes, their quotes and the line breaks between them. Tags are read by
CommonMark's grammar, as the decks' engine reads them (slides/engine/tags.mjs); code, comments and escaped tags are
left alone.

Leaves out: whether a name exists and what it says (`coursekit.course.results`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from coursekit.course.text.mask import blank

_ATTRIBUTE = (
    r"""\s+(?P<name>[A-Za-z_:][\w:.-]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+)))?"""
)
_ANONYMOUS = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE)
_TAG = re.compile(rf"<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>(?:{_ANONYMOUS})*)\s*(?P<void>/?)>")
_KINDS = {"data-metric": "metric", "data-claim": "claim"}
_NAMED = re.compile(r"\bdata-(?:metric|claim)\s*=", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|(?<![`\\])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)|\\[\\<`]", re.DOTALL)
_BLOCKS = MarkdownIt("commonmark", {"html": True})
_WORDS = 6  # a number, its sign and its unit have fewer

NESTED = "a number stands in a span inside another: write the two spans one after the other"
OPEN = "its span is not closed in its paragraph: close it behind the number"
BOTH = "its span has data-metric and data-claim: a number has one origin"
TAGGED = "its span has a tag inside: put that around the span"
LONG = "its span holds more than a number with its unit: close it behind the number"
BROKEN = 'is no HTML: write <span data-metric="NAME">1</span>'


@dataclass(frozen=True)
class Span:
    """One measured element.

    Attributes:
        kind: "metric" or "claim"; empty where no tag can be read.
        name: what it refers to.
        literal: the text inside.
        start: where the literal stands in the text.
        line: the line of its tag, from 1.
        problem: what is wrong with it as HTML, and the remedy; empty if nothing is.
    """

    kind: str
    name: str
    literal: str
    start: int
    line: int
    problem: str = ""

    @property
    def is_words(self) -> bool:
        """Words that a claim supports («gana»), which are the author's."""
        return self.kind == "claim" and bool(self.literal.strip()) and not any(map(str.isdigit, self.literal))


def read_spans(text: str) -> list[Span]:
    """The measured elements of a text, in order."""
    seen = unseen_blanked(text)
    spans = list(_elements(text, seen))
    for match in _NAMED.finditer(_TAG.sub(blank, seen)):
        spans.append(Span("", match[0], "", match.start(), text.count("\n", 0, match.start()) + 1, BROKEN))
    return sorted(spans, key=lambda span: span.start)


def rewrite(text: str, literals: dict[Span, str]) -> str:
    """`text` with the literal of each span of it replaced."""
    for span, literal in sorted(literals.items(), key=lambda item: -item[0].start):
        text = text[: span.start] + literal + text[span.start + len(span.literal) :]
    return text


def attributes_of(tag: str) -> dict[str, str]:
    """The attributes of a tag, names in lower case; the first counts where one stands twice, as in HTML."""
    attributes: dict[str, str] = {}
    for match in re.finditer(_ATTRIBUTE, tag):
        attributes.setdefault(match["name"].lower(), match["double"] or match["single"] or match["bare"] or "")
    return attributes


def _elements(text: str, seen: str) -> Iterator[Span]:
    tags = list(_TAG.finditer(seen))
    inside = -1
    for i, tag in enumerate(tags):
        attributes = {} if tag["close"] else attributes_of(tag["attributes"])
        kinds = [_KINDS[name] for name in attributes if name in _KINDS]
        if not kinds or tag.start() < inside:  # what stands inside another is that one's problem
            continue
        end = _end(tags, i)
        literal = text[tag.end() : end] if end is not None else ""
        problem = _problem(len(kinds), kinds[0], attributes[f"data-{kinds[0]}"], literal, end)
        inside = end or inside
        line = text.count("\n", 0, tag.start()) + 1
        yield Span(kinds[0], attributes[f"data-{kinds[0]}"], literal, tag.end(), line, problem)


def _end(tags: list[re.Match[str]], opening: int) -> int | None:
    """Where the element that a tag opens ends."""
    depth = 0
    for tag in tags[opening:]:
        if tag["tag"].lower() == tags[opening]["tag"].lower():
            depth += -1 if tag["close"] else 1
            if depth == 0:
                return tag.start()
    return None


def _problem(kinds: int, kind: str, name: str, literal: str, end: int | None) -> str:
    if kinds > 1:
        return BOTH
    if end is None or re.search(r"\n[ \t]*\n", literal):
        return OPEN
    if _TAG.search(literal):
        return NESTED if _NAMED.search(literal) else TAGGED
    if kind == "metric" and "@" not in name and len(literal.split()) > _WORDS:
        return LONG
    return ""


def unseen_blanked(text: str) -> str:
    """`text` with code, comments and escapes blanked, character for character: what a reader sees stays."""
    return _UNSEEN.sub(blank, code_blocks_blanked(text))


def code_blocks_blanked(text: str) -> str:
    """`text` with fenced and indented code blanked, character for character."""
    lines = text.split("\n")
    for token in _BLOCKS.parse(text):
        if token.type in ("fence", "code_block"):
            for number in range(*token.map):
                lines[number] = " " * len(lines[number])
    return "\n".join(lines)
