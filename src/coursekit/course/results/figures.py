"""The figures that notebooks recorded, as they lie in slides/figures/ for decks and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Figure, Results

_WORDS = re.compile(r"<!--(.*?)-->|<text\b[^>]*>(.*?)</text>", re.DOTALL)
_NUMBERS = re.compile(r"[-−–+]?\d[\d.,\s\u202f\u00a0]*")


def figure_path(layout: Layout, module: Module, name: str) -> Path:
    """Where a figure stands for the deck: slashes of its name become hyphens."""
    return layout.figures / module.slug / f"{name.replace('/', '-')}.svg"


def figures_by_path(
    layout: Layout, modules: Iterable[Module], results: Mapping[str, Results]
) -> dict[str, tuple[Module, Figure]]:
    """What notebooks recorded, by its path from the course's root; of the modules that have results."""
    return {
        layout.relative(figure_path(layout, module, figure.name)): (module, figure)
        for module in modules
        if module.slug in results
        for figure in results[module.slug].figures.values()
    }


def words_of(svg: str) -> set[str]:
    """What an SVG says in words, whatever its numbers: a figure drawn anew with other luck says the same.

    matplotlib draws letters as outlines and writes the words into comments; drawings have text elements.
    """
    plain = {" ".join(_NUMBERS.sub("#", words).split()) for words in texts_of_svg(svg)}
    return {words for words in plain if any(map(str.isalpha, words))}


def texts_of_svg(svg: str) -> list[str]:
    """Each text of an SVG."""
    return [" ".join(re.sub(r"<[^>]*>", " ", comment or text).split()) for comment, text in _WORDS.findall(svg)]
