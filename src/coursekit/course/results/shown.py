"""What the deck and the page of a module show: measured spans and images, each with the file and line where it stands.

A number in a claim's words («gana») is the author's, and is no number here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import Module
from coursekit.course.text.images import read_images
from coursekit.course.text.spans import Span, read_spans


@dataclass(frozen=True)
class Text:
    """A deck or a page."""

    path: Path
    text: str
    spans: list[Span]
    images: list[tuple[str, int]]


def texts_of(layout: Layout, module: Module) -> list[Text]:
    """The module's deck and its page, as far as they exist."""
    paths = [path for path in (module.deck(layout), module.folder / "README.md") if path.exists()]
    return [_read(path) for path in paths]


def _read(path: Path) -> Text:
    text = read_text(path)
    return Text(path, text, read_spans(text), read_images(text))
