"""What a reader meets of a page outside its text: alternative texts, titles, counters of lists, what styles write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

_NAMES = ("alt", "title", "aria-label", "placeholder", "label", "summary", "data-content")
_COUNTERS = {"ol": "start", "li": "value", "meter": "value", "progress": "value"}
_LIST = 20  # a list may go on after another; what it starts at beyond is no place in a list


def attributes(tag: Tag) -> Iterator[tuple[str, str]]:
    """(attribute, its words) of each; what the engine wrote on a measured element or on a formula is left out."""
    for found in tag.find_all(True):
        if found.name == "mjx-container" or found.find_parent("mjx-container"):
            continue
        measured = found.has_attr("data-metric") or found.has_attr("data-claim")
        for name in _NAMES:
            if found.get(name) and not (measured and name == "title"):
                yield name, found[name]
        counter = _COUNTERS.get(found.name, "")
        if not re.fullmatch(rf"\s*(?:1?\d|{_LIST})?\s*", found.get(counter, "")):
            yield counter, found[counter]
        css = found.get_text() if found.name == "style" else found.get("style", "")
        yield from (("style", words) for words in styled(css))


def styled(css: str) -> Iterator[str]:
    """What a style writes on the page: the strings of `content`, and where a counter starts, if not at 0 or 1."""
    for match in re.finditer(r"\bcontent\s*:\s*([^;}]*)", css):
        yield from (double or single for double, single in re.findall(r"\"([^\"]*)\"|'([^']*)'", match[1]))
    for match in re.finditer(r"\bcounter-(?:reset|set|increment)\s*:\s*[\w-]+\s+(-?\d+)", css):
        if match[1] not in ("0", "1", "-1"):
            yield match[1]
