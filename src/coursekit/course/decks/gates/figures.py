"""What was found in a figure when its notebook recorded it (`coursekit.notebook.figure_faults`): no deck of the second
edition shows a legend over data, nor an architecture in another's colour.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import unescape

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import Finding

_SVG = re.compile(r"data:image/svg\+xml;base64,(\S+)")
_FAULTS = re.compile(r'<svg[^>]*\bdata-faults="([^"]*)"')


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Each fault of each figure."""
    for section in deck.page.sections:
        for image in section.tag.select("img[src]") if section.second else ():
            found = _SVG.fullmatch(image["src"])
            marks = _FAULTS.search(base64.b64decode(found[1]).decode("utf-8")) if found else None
            for fault in unescape(marks[1]).split("; ") if marks else ():
                element = f"figure «{image.get('alt', '')[:50]}»"
                yield section.finding(deck.name, element, fault, "draw it anew, and run `coursekit sync`")
