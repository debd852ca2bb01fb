"""A cache of keys and values: a shelf that grows, a place a token."""

from __future__ import annotations

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, around, together
from coursekit.notebook.drawing.shapes import hatch, polyline, rectangle
from coursekit.notebook.plotting import GREY, PALE


def cache(
    filled: int,
    x: float,
    y: float,
    *,
    places: int | None = None,
    slot: float = 40,
    label: str = "",
    architecture: str = "attention",
) -> Piece:
    """Two shelves, keys above values, with their top left corner at (x, y); its parts are the places, K then V.

    Args:
        filled: tokens kept.
        places: how many there is room for; those that are free are dashed. None: no free ones.
        slot: width of a place, pixels.
        label: under it: «22,5 KiB por token».
        architecture: whose colour the boards have.

    Raises:
        ValueError: for more tokens than places, or none of both.
    """
    places = filled if places is None else places
    if not 0 <= filled <= places or places < 1:
        raise ValueError(f"expected 0 to {places} tokens in at least one place, got {filled}")
    high, gap = 1.25 * slot, 7
    pieces, parts = [], []
    for shelf, role in enumerate(("key", "value")):
        top = y + shelf * (high + 20)
        for i in range(places):
            box = Box(x + gap + i * (slot + gap), top, slot, high)
            parts.append(box)
            if i < filled:
                pieces += [rectangle(box, fill=fill(role), stroke="none"), hatch(box, stroke=PAPER, line=3, gap=9)]
                pieces.append(rectangle(box, line=2.5, radius=3))
            else:
                pieces.append(rectangle(box, stroke=PALE, line=2, radius=3, dashed=True))
        board = top + high + 4
        ends = [(x, board), (x + gap + places * (slot + gap), board)]
        pieces.append(polyline(ends, stroke=outline(architecture), line=7))
        pieces.append(text("KV"[shelf], x - 20, top + high / 2, bold=True))
    whole = around([piece.box for piece in pieces])
    pieces += [text(label, whole.x, whole.bottom + 26, size=20, colour=GREY)] if label else []
    return Piece(together(*pieces).group, around([piece.box for piece in pieces]), tuple(parts))
