"""Deckset's presenter notes (``^ …``) as Marp's (an HTML comment). Marp would print the former on the slide.

A note is a paragraph that begins with ``^``, with all its lines; code, formulas, tables and HTML have carets of their
own, which stay. What a note says is never lost and never shown: where Marp would read its words as a directive, or its
arrow as the comment's end, it is written so that Marp does not.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}(?!.*`)|~{3,})")
_RAW = re.compile(r" {0,3}<(pre|script|style|textarea)\b", re.IGNORECASE)
_NOTE = re.compile(r" {0,3}\^")
_HEAD_OF_TABLE = re.compile(r"[ \t]*(?=.*\|)\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
# What ends a note without a blank line: a heading, a break, an image alone in its line, a comment.
_NEXT = re.compile(r" {0,3}(?:#{1,6}(?:\s|$)|(?:[-*_][ \t]*){3,}$|!\[[^\]]*\]\([^)]*\)[ \t]*$|<!--|\$\$)")
_NAMES = (
    r"_?(?:class|color|paginate|header|footer|background\w+|transition|minutes|route|theme|size|style|lang|math|"
    r"headingDivider|title|author|description|keywords|url|image|marp)|_\w+"
)
_DIRECTIVE = re.compile(rf"\s*(?:(?:{_NAMES})\s*:|[{{\[\"'?&!].*\b(?:{_NAMES})\b|prettier-ignore|markdownlint-|lint )")


def convert(deck: str) -> str:
    """`deck` with each note turned into one comment; everything else stays as it is."""
    lines, written, at = deck.splitlines(), [], 0
    while at < len(lines):
        end = _end_of_literal(lines, at)
        if end > at:
            written += lines[at:end]
        elif _NOTE.match(lines[at]):
            end = _end_of_note(lines, at)
            written += [""] * bool(written and written[-1].strip())
            written += _comment(lines[at:end])
            written += [""] * bool(end < len(lines) and lines[end].strip())
        else:
            written.append(lines[at])
            end = at + 1
        at = end
    return "\n".join(written) + "\n" * bool(written)


def _end_of_literal(lines: list[str], at: int) -> int:
    """Where code, a formula, a table, HTML or a comment that begins at a line ends; `at` if none begins there."""
    fence, raw = _FENCE.match(lines[at]), _RAW.match(lines[at])
    if fence:
        closing = re.compile(rf"[ \t>]*{re.escape(fence[1][0])}{{{len(fence[1])},}}[ \t]*$")
        return _after(lines, at + 1, closing)
    if raw:
        return _after(lines, at, re.compile(rf".*</{raw[1]}>", re.IGNORECASE))
    if "<!--" in lines[at].rpartition("-->")[2]:
        return _after(lines, at + 1, re.compile(r".*-->"))
    if lines[at].count("$$") % 2 and not _NOTE.match(lines[at]):
        return _after(lines, at + 1, re.compile(r".*\$\$"))
    if at + 1 < len(lines) and "|" in lines[at] and _HEAD_OF_TABLE.fullmatch(lines[at + 1]):
        return _after(lines, at, re.compile(r"\s*$"))
    return at


def _after(lines: list[str], start: int, closing: re.Pattern[str]) -> int:
    return next((i + 1 for i in range(start, len(lines)) if closing.match(lines[i])), len(lines))


def _end_of_note(lines: list[str], at: int) -> int:
    """The paragraph's end: an empty line, or what interrupts a paragraph."""
    ends = (i for i in range(at + 1, len(lines)) if not lines[i].strip() or _interrupts(lines[i]))
    return next(ends, len(lines))


def _interrupts(line: str) -> bool:
    return not _NOTE.match(line) and bool(_NEXT.match(line) or _FENCE.match(line) or _RAW.match(line))


def _comment(lines: list[str]) -> list[str]:
    said = [re.sub(r"-{2,}(?=!?>)", "–", re.sub(r"^ {0,3}\^[ \t]?", "", line).rstrip()) for line in lines]
    said = ["— " + line if _DIRECTIVE.match(line) else line for line in said]
    return ["<!--", *said, "-->"] if any(said) else []
