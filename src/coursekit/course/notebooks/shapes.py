"""What misleads in how a figure draws its numbers: bars that do not begin at zero, and lines of one point.

A bar's length is what one sees, so it is a number only from zero on. A line through one point has no length and is not
seen at all; as a marker it is. Reads the SVG (svg.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coursekit.course.notebooks.svg import Box, box, frame, groups, zero

_SLACK = 1.0  # of the SVG's points


def misleading(axes: Any) -> Iterator[tuple[str, str]]:
    """(problem, remedy) of each thing in these axes that misleads."""
    if any(_is_one_point(line) for line in groups(axes, "line2d_")):
        yield "has a line of one point, which nobody sees", "draw it with a marker, or with axhline"
    bars = list(_bars(axes))
    for axis in groups(axes, "matplotlib.axis_"):
        for side in ("x", "y"):
            if any(bars) and groups(axis, f"{side}tick_") and _begins_elsewhere(axes, axis, side, bars):
                yield f"has bars that do not begin at zero on its {side} axis", f"axes.set({side}lim=(0, None))"
                return


def _is_one_point(line: Any) -> bool:
    """Whether a line is drawn through one point, or through points apart, and without markers."""
    paths = [path for path in line.iter("{*}path") if path.getparent() is line]
    drawn = [path.get("d") or "" for path in paths]
    return bool(drawn) and all("M" in d and not set("LCQ") & set(d) for d in drawn) and not list(line.iter("{*}use"))


def _bars(axes: Any) -> Iterator[Box]:
    """The rectangles of data (clipped to the axes) that do not span them from side to side, as `axvspan` does."""
    around = frame(axes)
    for patch in groups(axes, "patch_"):
        for path in patch.iter("{*}path"):
            drawn = box(path) if path.get("clip-path") else None
            if drawn and not _spans(drawn, around):
                yield drawn


def _spans(drawn: Box, around: Box) -> bool:
    across = drawn.left <= around.left + _SLACK and drawn.right >= around.right - _SLACK
    down = abs(drawn.top - around.top) < _SLACK and abs(drawn.bottom - around.bottom) < _SLACK
    return across or down


def _begins_elsewhere(axes: Any, axis: Any, side: str, bars: list[Box]) -> bool:
    """Whether bars that stand along this axis (side by side across it) have no end at its zero, or that is not seen."""
    begin = zero(axis, side)
    if begin is None or not _stand_along(bars, side):
        return False
    around = frame(axes)
    low, high = (around.top, around.bottom) if side == "y" else (around.left, around.right)
    if not low - _SLACK <= begin <= high + _SLACK:
        return True
    columns: dict[float, list[Box]] = {}
    for bar in bars:
        columns.setdefault(round(bar.left if side == "y" else bar.top), []).append(bar)
    ends = [[end for bar in column for end in _ends(bar, side)] for column in columns.values()]
    return any(min(abs(end - begin) for end in column) > _SLACK for column in ends)


def _stand_along(bars: list[Box], side: str) -> bool:
    """Bars stand along the axis of their lengths: across it they have one width, and each has its place."""
    heights, rows = {round(bar.bottom - bar.top) for bar in bars}, {round(bar.top) for bar in bars}
    widths, columns = {round(bar.right - bar.left) for bar in bars}, {round(bar.left) for bar in bars}
    upright = len(widths) == 1 and len(columns) > 1
    lying = len(heights) == 1 and len(rows) > 1 and not upright
    return lying == (side == "x")


def _ends(bar: Box, side: str) -> tuple[float, float]:
    return (bar.top, bar.bottom) if side == "y" else (bar.left, bar.right)
