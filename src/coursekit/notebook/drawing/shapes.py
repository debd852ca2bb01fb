"""Lines, arrows, boxes, hatching: what the pieces are drawn with. No ids, no markers, no patterns: drawings can stand
side by side in one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, sin

import drawsvg

from coursekit.notebook.drawing.palette import LINE
from coursekit.notebook.drawing.piece import Box, Piece, around, near
from coursekit.notebook.plotting import GREY, INK

Point = tuple[float, float]
_DASH = "7 6"


def rectangle(
    box: Box, *, fill: str = "none", stroke: str = INK, line: float = LINE, radius: float = 0, dashed: bool = False
) -> Piece:
    """A box with round corners; `stroke` "none" has no outline."""
    shape = drawsvg.Rectangle(
        *map(near, (box.left, box.top, box.wide, box.high)),
        rx=near(min(radius, box.wide / 2, box.high / 2)),
        fill=fill,
        **_stroke(stroke, line, dashed),
    )
    return _piece(shape, box)


def blocks(boxes: Sequence[Box], *, fill: str) -> Piece:
    """Many boxes of one colour, without outlines, as one path; neighbours overlap by a hair, so that no seam shows."""
    d = "".join(
        f"M{near(box.left)} {near(box.top)}h{near(box.wide + 0.4)}v{near(box.high + 0.4)}h{near(-box.wide - 0.4)}Z"
        for box in boxes
    )
    return _piece(drawsvg.Path(d=d, fill=fill), around(boxes))


def circle(x: float, y: float, radius: float, *, fill: str = "none", stroke: str = INK, line: float = LINE) -> Piece:
    """A circle."""
    shape = drawsvg.Circle(near(x), near(y), near(radius), fill=fill, **_stroke(stroke, line, False))
    return _piece(shape, Box(x - radius, y - radius, 2 * radius, 2 * radius))


def polyline(points: Sequence[Point], *, stroke: str = INK, line: float = LINE, dashed: bool = False) -> Piece:
    """Straight lines from point to point."""
    d = "M" + "L".join(f"{near(x)} {near(y)}" for x, y in points)
    shape = drawsvg.Path(d=d, fill="none", stroke_linejoin="round", **_stroke(stroke, line, dashed))
    return _piece(shape, around(Box(x, y, 0, 0) for x, y in points))


def arrow(points: Sequence[Point], *, stroke: str = INK, line: float = LINE, dashed: bool = False) -> Piece:
    """Straight lines from point to point, with a head at the last."""
    (x0, y0), (x, y) = points[-2:]
    if hypot(x - x0, y - y0) == 0:
        raise ValueError(f"expected an arrow between two points, got twice {x, y}")
    long, angle = 5 + 3.4 * line, atan2(y - y0, x - x0)
    back = x - 0.8 * long * cos(angle), y - 0.8 * long * sin(angle)
    shaft = polyline([*points[:-1], back], stroke=stroke, line=line, dashed=dashed)
    wings = [(x - long * cos(angle + turn), y - long * sin(angle + turn)) for turn in (0.42, -0.42)]
    d = "M" + "L".join(f"{near(a)} {near(b)}" for a, b in [(x, y), *wings]) + "Z"
    group = drawsvg.Group()
    group.append(shaft.group)
    group.append(drawsvg.Path(d=d, fill=stroke))
    return Piece(group, around(Box(a, b, 0, 0) for a, b in points))


def arch(start: Point, end: Point, height: float, *, stroke: str = INK, line: float = LINE) -> Piece:
    """A curve over two points, `height` above the higher; below them, if it is negative."""
    (x0, y0), (x1, y1) = start, end
    crest = (min(y0, y1) if height > 0 else max(y0, y1)) - height * 4 / 3  # a cubic reaches 3/4 of its handles
    d = f"M{near(x0)} {near(y0)}C{near(x0)} {near(crest)} {near(x1)} {near(crest)} {near(x1)} {near(y1)}"
    shape = drawsvg.Path(d=d, fill="none", stroke_linecap="round", **_stroke(stroke, line, False))
    ends = [Box(x0, y0, 0, 0), Box(x1, y1, 0, 0), Box((x0 + x1) / 2, (crest * 3 + (y0 + y1) / 2) / 4, 0, 0)]
    return _piece(shape, around(ends))


def hatch(box: Box, *, stroke: str = GREY, line: float = 1.6, gap: float = 8) -> Piece:
    """Slanted lines that fill a box: what is hidden, or kept in a cache."""
    d, step = "", gap * 2**0.5
    first = step * (1 + int((box.left + box.top) // step))  # lines x + y = k · step: those of neighbours meet
    total, end = first, box.right + box.bottom
    while total < end - 1e-6:
        x0 = max(box.left, total - box.bottom)
        x1 = min(box.right, total - box.top)
        d += f"M{near(x0)} {near(total - x0)}L{near(x1)} {near(total - x1)}"
        total += step
    return _piece(drawsvg.Path(d=d or "M0 0", fill="none", **_stroke(stroke, line, False)), box)


def dots(points: Sequence[Point], box: Box, *, size: float = 3, colour: str = GREY) -> Piece:
    """Round dots, as one path."""
    d = "".join(f"M{near(x)} {near(y)}h0" for x, y in points)
    shape = drawsvg.Path(d=d or "M0 0", fill="none", stroke_linecap="round", **_stroke(colour, size, False))
    return _piece(shape, box)


def _stroke(colour: str, line: float, dashed: bool) -> dict[str, object]:
    if colour == "none":
        return {}
    return {"stroke": colour, "stroke_width": near(line)} | ({"stroke_dasharray": _DASH} if dashed else {})


def _piece(shape: drawsvg.DrawingElement, box: Box) -> Piece:
    group = drawsvg.Group()
    group.append(shape)
    return Piece(group, box)
