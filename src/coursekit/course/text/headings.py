"""The headings of a Markdown text."""

from __future__ import annotations

import re

from coursekit.course.text.mask import blank, without_code

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)


def plain(heading: re.Match[str]) -> str:
    """The words of a heading: tags, links and marks of emphasis resolved."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>", "", heading[1]))
    return re.sub(r"[*`]", "", text).strip()


def headings(text: str) -> list[re.Match[str]]:
    """The headings of a text. Code is blanked first (its comments look like headings), and so are HTML comments."""
    visible = re.sub(r"<!--.*?-->", blank, without_code(text), flags=re.DOTALL)
    return [_HEADING.match(text, match.start()) or match for match in _HEADING.finditer(visible)]


def title_of(text: str) -> str:
    return next((plain(match) for match in headings(text)), "")
