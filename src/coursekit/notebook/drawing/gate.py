"""Gates: upright bars that open from 0 to 1, and bars of any quantity over tokens."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import rectangle
from coursekit.notebook.formatting import format_number


def gates(
    parts: Sequence[Box], opening: Sequence[float], y: float, *, high: float = 84, digits: int | None = None
) -> Piece:
    """A gate a token, its foot at y: amber as far as it is open; its parts are the bars.

    Args:
        parts: the tokens' boxes.
        opening: one a token, in [0, 1], measured.
        high: of the open gate, pixels.
        digits: print the openings with so many decimals; None prints none.

    Raises:
        ValueError: for another number of openings, or one outside [0, 1].
    """
    opening = [float(value) for value in opening]
    if len(opening) != len(parts) or not all(0 <= value <= 1 for value in opening):
        raise ValueError(f"expected {len(parts)} openings in [0, 1], got {opening}")
    boxes = [Box(part.x - 12, y - high, 24, high) for part in parts]
    pieces = []
    for value, box in zip(opening, boxes):
        open_to = Box(box.left, box.bottom - value * high, box.wide, value * high)
        pieces.append(rectangle(box, fill=PAPER, stroke="none", radius=3))
        pieces += [rectangle(open_to, fill=fill("gate"), stroke="none")] if value else []
        pieces.append(rectangle(box, line=2.5, radius=3))
        pieces += [text(format_number(value, digits), box.x, box.top - 18, size=20)] if digits is not None else []
    return together(*pieces, parts=boxes)


def bars(
    parts: Sequence[Box],
    values: Sequence[float],
    y: float,
    *,
    high: float = 120,
    digits: int | None = 1,
    role: str = "gate",
    architecture: str | None = None,
    most: float | None = None,
) -> Piece:
    """A bar a token, its foot at y: its surprise in bits, its probability, how many … Its parts are the bars.

    Args:
        parts: the tokens' boxes.
        values: one a token, 0 or more, measured.
        high: pixels of the largest.
        digits: print the values with so many decimals; None prints none.
        role: the fill.
        architecture: whose colour the outlines have.
        most: what is `high` pixels high; by default the largest value.

    Raises:
        ValueError: for another number of values, or one below 0.
    """
    values = [float(value) for value in values]
    if len(values) != len(parts) or min(values, default=0) < 0:
        raise ValueError(f"expected {len(parts)} values of 0 or more, got {values}")
    most = most or max(values) or 1.0
    boxes = [Box(part.x - 17, y - high * value / most, 34, high * value / most) for part, value in zip(parts, values)]
    pieces = [rectangle(box, fill=fill(role), stroke=outline(architecture), line=2.5) for box in boxes]
    if digits is not None:
        words = [format_number(value, digits) for value in values]
        pieces += [text(word, box.x, box.top - 18, size=20) for word, box in zip(words, boxes)]
    return together(*pieces, parts=boxes)
