"""Blocks over the residual line, from left to right: each part reads the line and adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coursekit.notebook.drawing.diagram import IN, OUT, Diagram

_BETWEEN, _ASIDE = 34, 46


@dataclass(frozen=True)
class Part:
    """A box over the line: its name (that of its module), its words, and how it looks."""

    name: str
    words: str
    architecture: str | None = None
    role: str = "block"
    wide: float = 136


def residual(branches: Sequence[Sequence[Part]], x: float, y: float, wide: float, *, lift: float = 116) -> Diagram:
    """A diagram: the line from (x, y) to the right, and over it a branch for each chain of parts.

    Args:
        branches: chains, `[[Part("norm_mixer", "norma"), Part("mixer", "atención")], …]`.
        x, y: where the line begins.
        wide: pixels of the line.
        lift: from the line up to the middle of the boxes.

    Raises:
        ValueError: if the branches need more room.
    """
    needs = [2 * _ASIDE + sum(p.wide for p in parts) + _BETWEEN * (len(parts) - 1) for parts in branches]
    spare = (wide - sum(needs)) / (len(branches) + 1)
    if spare < 20:
        raise ValueError(f"expected a line of {sum(needs) + 20 * (len(branches) + 1):.0f} or more, got {wide}")
    diagram, before, at = Diagram(), IN, x + spare
    diagram.end(IN, x, y)
    for number, (parts, need) in enumerate(zip(branches, needs), start=1):
        left, names = at + _ASIDE, [part.name for part in parts]
        for part in parts:
            look = {"wide": part.wide, "role": part.role, "architecture": part.architecture}
            diagram.box(part.name, part.words, left + part.wide / 2, y - lift, **look)
            left += part.wide + _BETWEEN
        diagram.knot(plus := f"+{number}", "+", at + need, y)
        diagram.arrow(before, names[0], by=[(at, y), (at, y - lift)])
        for start, end in zip(names, names[1:]):
            diagram.arrow(start, end)
        diagram.arrow(names[-1], plus, by=[(at + need, y - lift)])
        diagram.arrow(before, plus, residual=True, bare=True)
        before, at = plus, at + need + spare
    diagram.end(OUT, x + wide, y)
    diagram.arrow(before, OUT, residual=True)
    return diagram
