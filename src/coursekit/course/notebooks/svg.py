"""An SVG as matplotlib writes it: groups named axes_1, matplotlib.axis_1, xtick_1, text_1, line2d_1, patch_1.

Each text has its words in a comment. In SVG, y grows downwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

_POINT = re.compile(r"[ML]\s*(-?[\d.]+)\s+(-?[\d.]+)")
_NUMBER = re.compile(r"[-−–]?\d[\d.\s\u202f\u00a0]*(?:,\d+)?")


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    right: float
    top: float
    bottom: float


def groups(parent: Any, prefix: str) -> list[Any]:
    """The groups of this kind right inside another."""
    return [child for child in parent if identity(child).startswith(prefix)]


def identity(element: Any) -> str:
    return element.get("id", "") if isinstance(element.tag, str) else ""


def words(text: Any) -> str:
    """The words of a text group."""
    return " ".join(" ".join(comment.text.split()) for comment in text.iter(etree.Comment))


def points(path: Any) -> list[tuple[float, float]]:
    """The corners of a path of straight lines."""
    return [(float(x), float(y)) for x, y in _POINT.findall(path.get("d") or "")]


def box(path: Any) -> Box | None:
    """The rectangle that a path draws; None if it draws another thing."""
    corners = points(path)
    across, down = ({round(corner[i], 3) for corner in corners} for i in (0, 1))
    if len(corners) not in (4, 5) or len(across) != 2 or len(down) != 2:
        return None
    return Box(min(across), max(across), min(down), max(down))


def frame(axes: Any) -> Box:
    """What the axes enclose."""
    corners = points(next(axes.iter("{*}path")))
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), max(across), min(down), max(down))


def zero(axis: Any, side: str) -> float | None:
    """Where the zero of a linear axis with numbers is (`side` "x" or "y"), inside the frame or not; else None."""
    found = []
    for tick in groups(axis, f"{side}tick_"):
        place = next((use.get(side) for use in tick.iter("{*}use") if use.get(side)), None)
        said = next((words(text) for text in groups(tick, "text_")), "")
        if place and _NUMBER.fullmatch(said):
            found.append((float(place), _value(said)))
    if len(found) < 2 or found[0][1] == found[-1][1]:
        return None
    (first, low), (last, high) = found[0], found[-1]
    slope = (last - first) / (high - low)
    if any(abs(first + slope * (value - low) - place) > 1 for place, value in found):
        return None  # a logarithm
    return first - slope * low


def _value(said: str) -> float:
    """The number that a tick says, as Spanish or as Python writes it."""
    text = re.sub(r"[\s\u202f\u00a0]", "", said.replace("−", "-").replace("–", "-"))
    return float(text.replace(",", "."))
