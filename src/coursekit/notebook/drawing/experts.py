"""Experts: numbered windows, each with its queue of tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import hatch, polyline, rectangle
from coursekit.notebook.plotting import GREY, INK


def experts(
    queues: Sequence[int],
    x: float,
    y: float,
    *,
    pitch: float = 96,
    capacity: int | None = None,
    chosen: Collection[int] = (),
    first: int = 1,
) -> Piece:
    """A row of windows with their top left corner at (x, y), and under each its queue; its parts are the windows.

    Args:
        queues: how many tokens wait at each, measured.
        pitch: from one window to the next, pixels.
        capacity: places at each; who comes later is turned away, hatched below the line.
        chosen: the windows that are open, from 0; the others are grey. None of them: all are open.
        first: the number of the first window.

    Raises:
        ValueError: for queues that are no counts.
    """
    if not queues or not all(int(waiting) == waiting >= 0 for waiting in queues):
        raise ValueError(f"expected counts of tokens, got {list(queues)}")
    wide, high, token, stroke = pitch - 18, 62, 22, outline("moe")
    windows = [Box(x + i * pitch, y, wide, high) for i in range(len(queues))]
    pieces = []
    for i, (waiting, window) in enumerate(zip(queues, windows)):
        is_open = not chosen or i in chosen
        filled, line = (fill("expert"), stroke) if is_open else (fill("faded"), GREY)
        pieces.append(rectangle(window, fill=filled, stroke=line, line=3.5, radius=8))
        counter = [(window.left - 4, window.bottom), (window.right + 4, window.bottom)]
        pieces.append(polyline(counter, stroke=line, line=7))
        pieces.append(text(str(first + i), window.x, window.y, size=26, bold=True, colour=INK if is_open else GREY))
        for place in range(int(waiting)):
            late = capacity is not None and place >= capacity
            top = window.bottom + 14 + place * (token + 6) + 14 * late
            box = Box(window.x - 20, top, 40, token)
            pieces.append(rectangle(box, fill=fill("faded") if late else PAPER, stroke="none", radius=token))
            pieces += [hatch(Box(box.left + 8, box.top, box.wide - 16, box.high), gap=6)] if late else []
            pieces.append(rectangle(box, stroke=GREY if late else INK, line=2, radius=token, dashed=late))
    if capacity is not None:
        level = y + high + 15 + capacity * (token + 6)
        pieces.append(polyline([(x - 8, level), (windows[-1].right + 8, level)], stroke=INK, line=2, dashed=True))
    return together(*pieces, parts=windows)
