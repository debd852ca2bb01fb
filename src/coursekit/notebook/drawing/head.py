"""A head of attention: a lens over the tokens, with its query, its keys and its values."""

from __future__ import annotations

from math import cos, radians, sin

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, around, together
from coursekit.notebook.drawing.shapes import circle, polyline, rectangle
from coursekit.notebook.plotting import INK

ROLES = {"query": "Q", "key": "K", "value": "V"}


def head(
    x: float, y: float, *, radius: float = 62, label: str = "", off: bool = False, architecture: str = "attention"
) -> Piece:
    """A lens with the middle of its glass at (x, y); its parts are the chips Q, K and V.

    Args:
        radius: of the glass, pixels.
        label: under it: «cabeza 5».
        off: switched off: dashed, and struck through.
        architecture: whose colour its rim has.
    """
    rim = outline(architecture)
    ends = [(x + far * radius * cos(radians(45)), y + far * radius * sin(radians(45))) for far in (1, 1.75)]
    pieces = [polyline(ends, stroke=rim, line=13), circle(x, y, radius, fill=PAPER, stroke=rim, line=6)]
    wide, high = radius * 0.46, radius * 0.62
    boxes = [Box(x + (i - 1.5) * wide * 1.12 + wide * 0.06, y - high / 2, wide, high) for i in range(3)]
    for (role, letter), box in zip(ROLES.items(), boxes):
        size = max(20, radius * 0.4)
        pieces += [rectangle(box, fill=fill(role), line=2, radius=5), text(letter, box.x, box.y, size=size, bold=True)]
    if off:
        pieces.append(polyline([(x - radius, y + radius), (x + radius, y - radius)], stroke=INK, line=7))
    if label:
        pieces.append(text(label, x, y + radius + 30, size=22))
    whole = around([piece.box for piece in pieces])
    return Piece(together(*pieces).group, whole, tuple(boxes))


def chips(parts: list[Box] | tuple[Box, ...], role: str, y: float) -> Piece:
    """One chip a token, under or over it: its query, key or value. Its parts are the chips' boxes.

    Args:
        parts: the tokens' boxes.
        role: "query", "key" or "value".
        y: the middle of the chips.

    Raises:
        ValueError: for another role.
    """
    if role not in ROLES:
        raise ValueError(f"expected a role among {', '.join(ROLES)}, got {role!r}")
    boxes = [Box(part.x - 19, y - 19, 38, 38) for part in parts]
    pieces = [
        piece
        for box in boxes
        for piece in (
            rectangle(box, fill=fill(role), line=2, radius=6),
            text(ROLES[role], box.x, box.y, size=22, bold=True),
        )
    ]
    return together(*pieces, parts=boxes)
