"""Noise: a stipple whose density is the amount."""

from __future__ import annotations

from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import dots, rectangle
from coursekit.notebook.plotting import INK

# Martin Roberts' R2 sequence: dots that are spread evenly, each in its place however many there are.
_STEPS = 0.7548776662466927, 0.5698402909980532
_DOTS = 0.035  # a pixel, at the amount 1


def noise(amount: float, x: float, y: float, wide: float, high: float, *, framed: bool = True) -> Piece:
    """A box with its top left corner at (x, y), stippled.

    Args:
        amount: in [0, 1], measured: its share of the dots of a box full of noise.
        wide, high: of the box, pixels.
        framed: with an outline.

    Raises:
        ValueError: for an amount outside [0, 1].
    """
    if not 0 <= amount <= 1:
        raise ValueError(f"expected an amount in [0, 1], got {amount}")
    box, edge = Box(x, y, wide, high), 3
    count = round(amount * _DOTS * wide * high)
    inside = [
        (x + edge + (wide - 2 * edge) * (i * _STEPS[0] % 1), y + edge + (high - 2 * edge) * (i * _STEPS[1] % 1))
        for i in range(1, count + 1)
    ]
    pieces = [dots(inside, box)]
    pieces += [rectangle(box, stroke=INK, line=2, radius=4)] if framed else []
    return together(*pieces, parts=[box])
