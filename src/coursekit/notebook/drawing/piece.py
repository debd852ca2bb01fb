"""What every piece of a drawing is: its lines, the box that it fills, and the boxes of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import drawsvg


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    wide: float
    high: float

    @property
    def right(self) -> float:
        return self.left + self.wide

    @property
    def bottom(self) -> float:
        return self.top + self.high

    @property
    def x(self) -> float:
        """Its middle, across."""
        return self.left + self.wide / 2

    @property
    def y(self) -> float:
        """Its middle, down."""
        return self.top + self.high / 2

    @property
    def north(self) -> tuple[float, float]:
        return self.x, self.top

    @property
    def south(self) -> tuple[float, float]:
        return self.x, self.bottom

    @property
    def west(self) -> tuple[float, float]:
        return self.left, self.y

    @property
    def east(self) -> tuple[float, float]:
        return self.right, self.y


@dataclass(frozen=True)
class Piece:
    """A piece: its SVG, the box that it fills, the boxes of its parts (tokens, cells, slots …) to which others tie."""

    group: drawsvg.Group
    box: Box
    parts: tuple[Box, ...] = field(default=())


def around(boxes: Iterable[Box]) -> Box:
    """The least box that holds all of them."""
    boxes = list(boxes)
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def together(*pieces: Piece, parts: Iterable[Box] = ()) -> Piece:
    """Several pieces as one, drawn in this order."""
    group = drawsvg.Group()
    for piece in pieces:
        group.append(piece.group)
    return Piece(group, around(piece.box for piece in pieces), tuple(parts))


def near(number: float, digits: int = 2) -> float | int:
    """A coordinate as it is written: rounded, so that a drawing has the same bytes on every machine."""
    rounded = round(float(number), digits) + 0.0  # no −0
    return int(rounded) if rounded == int(rounded) else rounded
