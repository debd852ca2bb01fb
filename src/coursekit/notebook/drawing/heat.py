"""A map of heat: a fine grid, grey by value. For grids too fine to print their values: who works how much, and when."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import LINE, PAPER, shade
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import blocks, rectangle

_LEVELS = 24  # of grey; what is told apart by eye is less


def heat(
    values: Sequence[Sequence[float]],
    x: float,
    y: float,
    wide: float,
    high: float,
    *,
    most: float | None = None,
    rows: Sequence[str] = (),
) -> Piece:
    """A grid that fills a box with its top left corner at (x, y); its parts are its rows.

    Args:
        values: by rows, 0 or more, measured.
        wide, high: of the grid, pixels.
        most: the darkest value; larger ones are as dark. By default the largest.
        rows: words before the rows.

    Raises:
        ValueError: for rows of unequal length, none, or a value below 0.
    """
    values = [[float(value) for value in row] for row in values]
    if not values or not values[0] or len({len(row) for row in values}) != 1:
        raise ValueError(f"expected rows of one length, got lengths {[len(row) for row in values]}")
    if not all(value >= 0 for row in values for value in row):
        raise ValueError("expected values of 0 or more, got one below, or none at all")
    most = most or max(map(max, values)) or 1.0
    tall, step = high / len(values), wide / len(values[0])
    by_level: dict[int, list[Box]] = {}
    for i, row in enumerate(values):
        levels = [round(_LEVELS * min(1.0, value / most)) for value in row]
        start = 0
        for j in range(1, len(levels) + 1):
            if j == len(levels) or levels[j] != levels[start]:
                box = Box(x + start * step, y + i * tall, (j - start) * step, tall)
                by_level.setdefault(levels[start], []).append(box)
                start = j
    whole = Box(x, y, wide, high)
    pieces = [rectangle(whole, fill=PAPER, stroke="none")]
    pieces += [blocks(boxes, fill=shade(level / _LEVELS)) for level, boxes in sorted(by_level.items()) if level]
    pieces.append(rectangle(whole, line=LINE))
    lines = [Box(x, y + i * tall, wide, tall) for i in range(len(values))]
    pieces += [text(word, x - 10, line.y, size=20, anchor="end") for word, line in zip(rows, lines)]
    return together(*pieces, parts=lines)
