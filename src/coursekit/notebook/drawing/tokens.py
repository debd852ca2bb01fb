"""A strip of tokens, one pill a word; what other pieces tie to."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coursekit.notebook.drawing.letters import text, width
from coursekit.notebook.drawing.palette import fill, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import rectangle
from coursekit.notebook.plotting import GREY, INK

_HIGH, _PAD, _GAP = 46, 15, 10


def tokens(
    words: Sequence[str | None],
    x: float,
    y: float,
    *,
    size: float = 24,
    pitch: float | None = None,
    faded: Collection[int] = (),
    marked: Collection[int] = (),
    roles: dict[int, str] | None = None,
    architecture: str | None = None,
) -> Piece:
    """A row of tokens; its parts are their boxes.

    Args:
        words: one a token; None is a gap to be filled, a dashed pill.
        x, y: left end and middle of the row.
        size: of the letters, pixels.
        pitch: from one pill's middle to the next one's, the same for all; None sets them side by side.
        faded: which are grey, such as noise.
        marked: which have a thick outline.
        roles: the fill of some: "query", "key", "value", "state" …
        architecture: whose colour the marked outlines have.

    Raises:
        ValueError: if `pitch` leaves no room for a word.
    """
    wides = [max(_HIGH, (width(word, size) if word else 30) + 2 * _PAD) for word in words]
    if pitch is not None and max(wides) > pitch - 2:
        raise ValueError(f"expected a pitch of {max(wides) + 2:.0f} or more for {list(words)}, got {pitch}")
    boxes, left = [], x
    for i, wide in enumerate(wides):
        left = x + (i + 0.5) * pitch - wide / 2 if pitch is not None else left
        boxes.append(Box(left, y - _HIGH / 2, wide, _HIGH))
        left += wide + _GAP
    pieces = []
    for i, (word, box) in enumerate(zip(words, boxes)):
        filled = fill((roles or {}).get(i, "faded" if i in faded else "token"))
        stroke, line = (outline(architecture), 4.5) if i in marked else (GREY if i in faded else INK, 2.5)
        pieces.append(rectangle(box, fill=filled, stroke=stroke, line=line, radius=_HIGH, dashed=word is None))
        if word:
            pieces.append(text(word, box.x, box.y, size=size, colour=GREY if i in faded else INK, bold=i in marked))
    return together(*pieces, parts=boxes)
