"""A tree of joins: pairs become one, level by level, up to the root."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import circle, polyline
from coursekit.notebook.plotting import INK


def tree(
    parts: Sequence[Box],
    y: float,
    *,
    level: float = 76,
    radius: float = 20,
    labels: Sequence[Sequence[str]] = (),
    marked: Collection[tuple[int, int]] = (),
    levels: int | None = None,
    architecture: str | None = None,
) -> Piece:
    """A tree that grows upwards from leaves such as tokens; its parts are the knots, level by level, leaves left out.

    Args:
        parts: the leaves' boxes.
        y: the middle of the first level of knots.
        level: pixels from one level to the next.
        radius: of a knot.
        labels: the words in the knots, level by level.
        marked: the knots that are lit, as (level from 0, place from 0).
        levels: draw only so many; None: up to the root.
        architecture: whose colour the lines have.

    Raises:
        ValueError: for fewer than two leaves.
    """
    if len(parts) < 2:
        raise ValueError(f"expected two leaves or more, got {len(parts)}")
    stroke, lines, knots, boxes = outline(architecture), [], [], []
    below, depth = [part.north for part in parts], 0
    while len(below) > 1 and (levels is None or depth < levels):
        row = y - depth * level
        above = []
        for i in range(0, len(below), 2):
            pair = below[i : i + 2]
            x = sum(point[0] for point in pair) / len(pair)
            lines += [polyline([point, (x, row)], stroke=stroke, line=3) for point in pair]
            lit = (depth, i // 2) in marked
            knots.append(circle(x, row, radius, fill=fill("gate") if lit else PAPER, stroke=stroke, line=3))
            boxes.append(knots[-1].box)
            if depth < len(labels) and i // 2 < len(labels[depth]):
                knots.append(text(labels[depth][i // 2], x, row, size=20, colour=INK))
            above.append((x, row - radius))
        below, depth = above, depth + 1
    return together(*lines, *knots, parts=boxes)
