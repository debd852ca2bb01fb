"""Words as outlines in the theme's font, Atkinson Hyperlegible: every viewer shows the same letters.

As matplotlib writes them: a group `data-text` with the words in a comment and outlines 100 units high, so that whoever
reads figures (words, signs without a glyph, the size of the letters) reads drawings too. Signs that the font lacks
(arrows, Greek) are DejaVu Sans', which matplotlib brings.

Markup: ``*x*`` is italic, ``**x**`` bold, ``h_{t}`` and ``x^{2}`` are lowered and raised.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import drawsvg

from coursekit.notebook.drawing.kerning import kerning
from coursekit.notebook.drawing.piece import Box, Piece, near
from coursekit.notebook.plotting import FONTS, INK

SMALLEST = 20  # pixels of a slide: a drawing 1128 wide fills it from margin to margin
CAPITALS = 0.668  # height of a capital letter, of the size
_FACES = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}
_MARKUP = re.compile(r"(\*\*|\*)|([_^])\{([^}]*)\}")
_SHIFTED, _LOWER, _RAISE = 0.72, -0.16, 0.34  # size and shift of what is lowered or raised


def text(
    words: str, x: float, y: float, *, size: float = 24, anchor: str = "middle", colour: str = INK, bold: bool = False
) -> Piece:
    """A line of words.

    Args:
        words: with the markup above.
        x, y: where it is: `anchor` ("start", "middle" or "end") at x, the middle of its capital letters at y.
        size: pixels; 20 or more.
        colour: of the letters.
        bold: all of it.

    Raises:
        ValueError: for smaller letters, another anchor, or a sign that no font of the drawings has.
    """
    if size < SMALLEST:
        raise ValueError(f"«{words}»: expected letters of {SMALLEST} pixels or more, got {size}")
    if anchor not in ("start", "middle", "end"):
        raise ValueError(f"expected anchor start, middle or end, got {anchor!r}")
    said, outline, length = _outline(words, bold)
    wide = length * size / 100
    left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
    base = y + CAPITALS * size / 2
    group = drawsvg.Group(data_text=escape(said, quote=True))
    group.append(drawsvg.Raw(f"<!-- {said.replace('--', '—')} -->"))
    scale = near(size / 100, 4)
    placed = drawsvg.Group(transform=f"translate({near(left)} {near(base)}) scale({scale} {near(-scale, 4)})")
    placed.append(drawsvg.Path(d=outline, fill=colour))
    group.append(placed)
    return Piece(group, Box(left, y - CAPITALS * size / 2, wide, CAPITALS * size))


def width(words: str, size: float = 24, bold: bool = False) -> float:
    """How wide `text` sets these words, in pixels."""
    return _outline(words, bold)[2] * size / 100


@cache
def _outline(words: str, bold: bool) -> tuple[str, str, float]:
    """(the words without markup, their path with letters of 100 units, its length)"""
    commands, said, x = [], "", 0.0
    for part, is_bold, is_italic, shift in _runs(words, bold):
        scale = _SHIFTED if shift else 1.0
        before = None
        for sign in part:
            face, glyph = _glyph(sign, _FACES[is_bold, is_italic])
            unit = 100 * scale / face["head"].unitsPerEm
            x += unit * kerning(face, before, glyph) if before else 0
            commands.append(_path(face, glyph, unit, x, 100 * shift))
            x += unit * face["hmtx"][glyph][0]
            before = glyph if face["name"].getDebugName(1) == "Atkinson Hyperlegible" else None
        said += part
    return said, "".join(commands), x


def _runs(words: str, bold: bool) -> list[tuple[str, bool, bool, float]]:
    """The words in runs: (part, bold, italic, shift)."""
    runs, is_bold, is_italic, at = [], bold, False, 0
    for mark in _MARKUP.finditer(words):
        runs.append((words[at : mark.start()], is_bold, is_italic, 0.0))
        if mark[1]:
            is_bold, is_italic = (not is_bold, is_italic) if mark[1] == "**" else (is_bold, not is_italic)
        else:
            runs.append((mark[3], is_bold, is_italic, _LOWER if mark[2] == "_" else _RAISE))
        at = mark.end()
    return [run for run in [*runs, (words[at:], is_bold, is_italic, 0.0)] if run[0]]


def _glyph(sign: str, face: str) -> tuple[Any, str]:
    for font in (_font(FONTS / f"AtkinsonHyperlegible-{face}.ttf"), _font(_dejavu(face))):
        if glyph := font.getBestCmap().get(ord(sign)):
            return font, glyph
    raise ValueError(f"expected signs that the drawings' fonts have, got «{sign}» (U+{ord(sign):04X})")


def _path(font: Any, glyph: str, unit: float, x: float, y: float) -> str:
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    glyphs = font.getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda number: str(near(number, 1)))
    glyphs[glyph].draw(TransformPen(pen, (unit, 0, 0, unit, x, y)))
    return pen.getCommands()


@cache
def _font(path: Path) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(path)


def _dejavu(face: str) -> Path:
    import matplotlib

    suffix = {"Regular": "", "Bold": "-Bold", "Italic": "-Oblique", "BoldItalic": "-BoldOblique"}[face]
    return Path(matplotlib.get_data_path(), "fonts", "ttf", f"DejaVuSans{suffix}.ttf")
