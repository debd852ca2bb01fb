"""Bits, small squares that are full or empty; and a ruler, the marks that a few bits can name."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER
from coursekit.notebook.drawing.piece import Box, Piece, around, together
from coursekit.notebook.drawing.shapes import arrow, circle, polyline, rectangle
from coursekit.notebook.plotting import GREY, INK


def bits(values: Sequence[int], x: float, y: float, *, cell: float = 24, label: str = "") -> Piece:
    """A row of squares from (x, y), its top left corner: full for 1, empty for 0. Its parts are the squares.

    Args:
        values: 0 or 1 each.
        cell: side of a square, pixels.
        label: to the right: «4 bits».

    Raises:
        ValueError: for another value.
    """
    if not all(value in (0, 1) for value in values):
        raise ValueError(f"expected bits, 0 or 1, got {list(values)}")
    boxes = [Box(x + i * (cell + 5), y, cell, cell) for i in range(len(values))]
    pieces = [rectangle(box, fill=INK if value else PAPER, line=2, radius=2) for value, box in zip(values, boxes)]
    if label:
        pieces.append(text(label, boxes[-1].right + 12, y + cell / 2, size=20, anchor="start"))
    return together(*pieces, parts=boxes)


def ruler(
    marks: Sequence[float],
    x: float,
    y: float,
    wide: float,
    *,
    points: Sequence[float] = (),
    to: Sequence[float] | None = None,
    labels: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
) -> Piece:
    """A ruler from (x, y) to the right; its parts are the points' boxes.

    Args:
        marks: where it has marks.
        wide: pixels of the whole.
        points: dots over it, the weights.
        to: where an arrow takes each point: the mark to which it is rounded.
        labels: words under the marks.
        ends: the values at its ends; by default those of marks and points.

    Raises:
        ValueError: if all values are the same, or `to` has another length.
    """
    if to is not None and len(to) != len(points):
        raise ValueError(f"expected an end for each of {len(points)} points, got {len(to)}")
    values = [*marks, *points]
    low, high = ends or (min(values), max(values))
    if low == high:
        raise ValueError(f"expected marks or points of different value, got only {low}")
    place = lambda value: x + wide * (value - low) / (high - low)  # noqa: E731
    pieces = [polyline([(x, y), (x + wide, y)], line=3)]
    pieces += [polyline([(place(mark), y - 13), (place(mark), y + 13)], line=3) for mark in marks]
    pieces += [text(word, place(mark), y + 32, size=20, colour=GREY) for word, mark in zip(labels, marks) if word]
    boxes = []
    for i, point in enumerate(points):
        dot = circle(place(point), y - 46, 7, fill=INK, stroke="none")
        pieces.append(dot)
        boxes.append(dot.box)
        if to is not None:
            pieces.append(arrow([(place(point), y - 38), (place(to[i]), y - 14)], stroke=GREY, line=2))
    whole = around([piece.box for piece in pieces])
    return Piece(together(*pieces).group, whole, tuple(boxes))
