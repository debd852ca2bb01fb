"""Arcs between tokens, as thick as their measured weights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import PAPER, outline
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import arch, rectangle
from coursekit.notebook.formatting import format_quantity

_THICK = 16  # pixels of the weight 1
_SEEN = 0.01  # a weight below this is less than a hairline: it is not drawn


def arcs(
    parts: Sequence[Box],
    source: int,
    weights: Sequence[float],
    *,
    labels: Collection[int] = (),
    below: bool = False,
    reach: float = 150,
    architecture: str | None = "attention",
) -> Piece:
    """Arcs from one token to others; the thickness is the weight.

    Args:
        parts: the tokens' boxes, `tokens(…).parts`.
        source: the token that looks.
        weights: one a token from the first on, in [0, 1], measured; those below 0.01 are no arc.
        labels: the tokens whose arc says its weight, in per cent.
        below: under the tokens instead of above.
        reach: pixels from the tokens to the crest of the longest arc.
        architecture: whose colour the arcs have.

    Raises:
        ValueError: for weights outside [0, 1], more weights than tokens, or none to draw.
    """
    weights = [float(weight) for weight in weights]
    if len(weights) > len(parts) or not all(0 <= weight <= 1 for weight in weights):
        raise ValueError(f"expected at most {len(parts)} weights in [0, 1], got {weights}")
    shown = [i for i, weight in enumerate(weights) if weight >= _SEEN and i != source]
    if not shown:
        raise ValueError(f"expected a weight of {_SEEN} or more to another token than {source}, got {weights}")
    far = max(abs(parts[i].x - parts[source].x) for i in shown)
    lines, words = [], []
    for i in sorted(shown, key=lambda i: weights[i]):
        start, end = (box.south if below else box.north for box in (parts[source], parts[i]))
        height = reach * sqrt(abs(end[0] - start[0]) / far)
        sign = -1 if below else 1
        curve = arch(start, end, sign * height, stroke=outline(architecture), line=max(1, _THICK * weights[i]))
        lines.append(curve)
        if i in labels:
            crest = start[1] - sign * height
            word = text(format_quantity(100 * weights[i], "%", 0), (start[0] + end[0]) / 2, crest, size=22, bold=True)
            room = Box(word.box.left - 6, word.box.top - 6, word.box.wide + 12, word.box.high + 12)
            words += [rectangle(room, fill=PAPER, stroke="none", radius=8), word]
    return together(*lines, *words, parts=[line.box for line in lines])
