"""A block diagram: named boxes, sums and arrows. What flows into what is known, so it can be held to `forward`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, RESIDUAL, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, around, together
from coursekit.notebook.drawing.shapes import arrow, circle, polyline, rectangle
from coursekit.notebook.plotting import INK

IN, OUT = "in", "out"
_SUM = 17


class Diagram:
    """Boxes and arrows, from which `piece` makes a piece; a box's name is its module's, `"norm"`, or its function's.

    `IN` and `OUT` stand for what comes in and goes out; a sum or product is passed through.
    """

    def __init__(self) -> None:
        self.places: dict[str, Box] = {IN: Box(0, 0, 0, 0), OUT: Box(0, 0, 0, 0)}
        self.knots: set[str] = set()
        self._arrows: set[tuple[str, str]] = set()
        self._lines: list[Piece] = []
        self._boxes: list[Piece] = []

    def box(
        self,
        name: str,
        words: str,
        x: float,
        y: float,
        *,
        wide: float = 150,
        high: float = 56,
        role: str = "block",
        architecture: str | None = None,
        size: float = 22,
    ) -> Box:
        """A box with its middle at (x, y), its words in one line or, parted by line ends, in several.

        Raises:
            ValueError: for a name that is taken.
        """
        place = self._take(name, Box(x - wide / 2, y - high / 2, wide, high))
        frame = rectangle(place, fill=fill(role), stroke=outline(architecture), line=3.5, radius=10)
        lines = words.split("\n")
        rows = [y + (i - (len(lines) - 1) / 2) * size * 1.25 for i in range(len(lines))]
        self._boxes.append(together(frame, *(text(line, x, row, size=size) for line, row in zip(lines, rows))))
        return place

    def knot(self, name: str, sign: str, x: float, y: float) -> Box:
        """A sum or a product: «+», «×», no module of its own.

        Raises:
            ValueError: for a name that is taken.
        """
        place = self._take(name, Box(x - _SUM, y - _SUM, 2 * _SUM, 2 * _SUM))
        self.knots.add(name)
        self._boxes.append(together(circle(x, y, _SUM, fill=PAPER, line=3), text(sign, x, y, size=26, bold=True)))
        return place

    def end(self, name: str, x: float, y: float) -> Box:
        """Where `IN` or `OUT` is."""
        self.places[name] = Box(x, y, 0, 0)
        return self.places[name]

    def arrow(
        self,
        start: str,
        end: str,
        *,
        by: Sequence[tuple[float, float]] = (),
        residual: bool = False,
        bare: bool = False,
    ) -> None:
        """From one box to another: straight, or by these points.

        Args:
            start, end: names.
            by: corners on the way.
            residual: on the residual line, 6 pixels thick.
            bare: without a head.

        Raises:
            ValueError: for a name that is no box.
        """
        for name in (start, end):
            if name not in self.places:
                raise ValueError(f"expected a box among {', '.join(self.places)}, got {name!r}")
        self._arrows.add((start, end))
        first, last = self.places[start], self.places[end]
        points = [_side(first, by[0] if by else (last.x, last.y)), *by]
        points.append(_side(last, points[-1]))
        drawn = polyline if bare else arrow
        self._lines.append(drawn(points, stroke=INK, line=RESIDUAL if residual else 2.5))

    def edges(self) -> set[tuple[str, str]]:
        """What flows into what: pairs of names, of boxes, `IN` and `OUT`; sums and products are passed through."""
        return {(start, end) for start in self.places if start not in self.knots for end in self._after(start)}

    def piece(self) -> Piece:
        """The diagram as a piece; its parts are the boxes, in the order in which they were made."""
        boxes = [place for name, place in self.places.items() if name not in (IN, OUT)]
        whole = around([piece.box for piece in (*self._lines, *self._boxes)])
        return Piece(together(*self._lines, *self._boxes).group, whole, tuple(boxes))

    def _after(self, name: str) -> Iterable[str]:
        for start, end in self._arrows:
            if start == name:
                if end in self.knots:
                    yield from self._after(end)
                else:
                    yield end

    def _take(self, name: str, place: Box) -> Box:
        if name in self.places:
            raise ValueError(f"expected a new name, got {name!r} twice")
        self.places[name] = place
        return place


def _side(box: Box, towards: tuple[float, float]) -> tuple[float, float]:
    """The middle of the side of a box that faces a point; straight lines stay straight."""
    x, y = towards
    if box.left <= x <= box.right and box.wide:
        return (x, box.top) if y < box.y else (x, box.bottom)
    if box.top <= y <= box.bottom and box.high:
        return (box.left, y) if x < box.x else (box.right, y)
    across, down = abs(x - box.x) / (box.wide or 1), abs(y - box.y) / (box.high or 1)
    if across >= down:
        return box.west if x < box.x else box.east
    return box.north if y < box.y else box.south
