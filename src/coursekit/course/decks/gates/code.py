"""Python on a slide is the library's, cut out of its source, or says why it is not.

```` ```python source=module:name ```` or ```` ```python why="pseudocódigo" ````; the reasons are printed.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import Finding

_PYTHON = ", ".join(f"pre code.language-{name}" for name in ("python", "py", "python3", "pycon"))
_REMEDY = 'cut it out of the library (source=module:name), or say what it is: why="…"'


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Python without a source or a reason; every reason."""
    for section in deck.page.written:
        for block in section.tag.select(_PYTHON):
            element = f"code «{' '.join(block.get_text().split())[:40]}»"
            if block.get("data-why", "").strip():
                yield section.mark(deck.name, element, block["data-why"])
            elif not block.get("data-source"):
                yield section.finding(deck.name, element, "is not the library's and does not say so", _REMEDY)
