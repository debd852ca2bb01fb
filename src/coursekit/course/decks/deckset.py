"""Deckset's presenter notes (``^ …``) as Marp's (an HTML comment). Marp would print the former on the slide."""

from __future__ import annotations

import re

_NOTE = re.compile(r"(?:^\^[^\n]*(?:\n|\Z))+", re.MULTILINE)


def convert(deck: str) -> str:
    """`deck` with each run of lines that begin with ``^`` turned into one comment; code blocks stay as they are."""
    parts = re.split(r"(^```.*?^```[^\n]*$)", deck, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if i % 2 else _NOTE.sub(_comment, part) for i, part in enumerate(parts))


def _comment(match: re.Match[str]) -> str:
    lines = [line.removeprefix("^").strip() for line in match[0].splitlines()]
    # "--" inside a comment would end it early in some parsers; a dash says the same.
    return "<!--\n" + "\n".join(lines).replace("--", "–") + "\n-->\n"
