"""What the deck and the page of a module show: measured spans and images, each with the file and line where it stands.

A number in a claim's words («gana») is the author's, and is no number here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import Module
from coursekit.course.text.images import read_images
from coursekit.course.text.spans import Span, read_spans, unseen_blanked

_STATES = re.compile(r"""<[^>]*\bdata-states\s*=\s*["']?([^"'\s>]+)""")


@dataclass(frozen=True)
class Text:
    """A deck or a page."""

    path: Path
    text: str
    spans: list[Span]
    images: list[tuple[str, int]]
    states: list[tuple[str, int]] = field(default_factory=list)  # (name, line) of what its controls show


def texts_of(layout: Layout, module: Module) -> list[Text]:
    """The module's deck and its page, as far as they exist."""
    paths = [path for path in (module.deck(layout), module.folder / "README.md") if path.exists()]
    return [_read(path) for path in paths]


def _read(path: Path) -> Text:
    text = read_text(path)
    states = [(match[1], text.count("\n", 0, match.start()) + 1) for match in _STATES.finditer(unseen_blanked(text))]
    return Text(path, text, read_spans(text), read_images(text), states)
