"""A state: a box of fixed size with slots, which never grows."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import rectangle
from coursekit.notebook.plotting import GREY


def state(
    values: Sequence[float],
    x: float,
    y: float,
    *,
    slot: float = 44,
    label: str = "",
    size: str = "",
    architecture: str = "mamba",
) -> Piece:
    """A box with its top left corner at (x, y), and a slot a number, as full as its size; its parts are the slots.

    Args:
        values: in [−1, 1], measured; a slot is filled from below by its size.
        slot: width of a slot, pixels; it is 1.4 times as high.
        label: above it: "*h*_{t}".
        size: below it: «36 KiB».
        architecture: whose colour the box has.

    Raises:
        ValueError: for values outside [−1, 1], or none.
    """
    values = [float(value) for value in values]
    if not values or not all(-1 <= value <= 1 for value in values):
        raise ValueError(f"expected values in [-1, 1], got {values}")
    pad, high = 12, 1.4 * slot
    whole = Box(x, y, len(values) * slot + (len(values) + 1) * pad, high + 2 * pad)
    pieces = [rectangle(whole, fill=fill("faded"), stroke=outline(architecture), line=5, radius=12)]
    slots = [Box(x + pad + i * (slot + pad), y + pad, slot, high) for i in range(len(values))]
    for value, box in zip(values, slots):
        full = Box(box.left, box.bottom - abs(value) * high, box.wide, abs(value) * high)
        pieces.append(rectangle(box, fill=PAPER, stroke="none", radius=4))
        pieces += [rectangle(full, fill=fill("state"), stroke="none")] if value else []
        pieces.append(rectangle(box, stroke=GREY, line=2, radius=4))
    pieces += [text(label, whole.x, whole.top - 22)] if label else []
    pieces += [text(size, whole.x, whole.bottom + 24, size=20, colour=GREY)] if size else []
    return Piece(together(*pieces).group, whole, tuple(slots))
