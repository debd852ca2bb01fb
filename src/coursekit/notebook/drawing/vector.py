"""A vector, a column of cells, and a matrix, a grid: grey by value, with the size written beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.palette import LINE, fill, shade
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.shapes import hatch, rectangle
from coursekit.notebook.formatting import format_number
from coursekit.notebook.plotting import GREY, INK

_LIGHT = 0.55  # letters on a darker grey are white


def vector(values: Sequence[float], x: float, y: float, **options: object) -> Piece:
    """A column of cells with its top left corner at (x, y): a `matrix` of one column."""
    return matrix([[value] for value in values], x, y, **options)


def matrix(
    values: Sequence[Sequence[float | None]],
    x: float,
    y: float,
    *,
    cell: float = 34,
    role: str | None = None,
    hidden: Callable[[int, int], bool] | None = None,
    digits: int | None = None,
    most: float | None = None,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    size: str = "",
    name: str = "",
) -> Piece:
    """A grid of cells; its parts are the cells, row by row.

    Args:
        values: by rows; the darkest grey is `most`. None is an empty cell.
        x, y: top left corner of the cells.
        cell: side of a cell, pixels.
        role: fills every cell instead of the grey: "query", "key", "value", "state" …
        hidden: `hidden(row, column)`: which cells are behind the mask, hatched.
        digits: print the values with so many decimals; None prints none.
        most: the size of the darkest value; by default the largest in the matrix.
        rows, columns: words beside rows and above columns.
        size: written below: "4 × 16".
        name: written above: "*K*".

    Raises:
        ValueError: for rows of unequal length, or none.
    """
    values = [list(row) for row in values]
    if not values or len({len(row) for row in values}) != 1 or not values[0]:
        raise ValueError(f"expected rows of one length, got lengths {[len(row) for row in values]}")
    present = [abs(float(value)) for row in values for value in row if value is not None]
    most = most or max(present, default=0) or 1.0
    pieces, parts = [], []
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            box = Box(x + j * cell, y + i * cell, cell, cell)
            parts.append(box)
            if hidden is not None and hidden(i, j):
                pieces += [rectangle(box, fill=fill("faded"), stroke="none"), hatch(box)]
                continue
            amount = min(1.0, abs(float(value)) / most) if value is not None and role is None else 0.0
            pieces.append(rectangle(box, fill=fill(role) if role else shade(amount), stroke="none"))
            if digits is not None and value is not None:
                ink = fill("token") if amount > _LIGHT else INK
                pieces.append(text(format_number(float(value), digits), box.x, box.y, size=20, colour=ink))
    grid = [rectangle(box, stroke=GREY, line=1) for box in parts]
    whole = Box(x, y, cell * len(values[0]), cell * len(values))
    around = [rectangle(whole, line=LINE, radius=3)]
    words = [text(word, x - 10, y + (i + 0.5) * cell, size=20, anchor="end") for i, word in enumerate(rows)]
    words += [text(word, x + (j + 0.5) * cell, y - 18, size=20) for j, word in enumerate(columns)]
    words += [text(name, whole.x, y - (44 if columns else 22), bold=True)] if name else []
    words += [text(size, whole.x, whole.bottom + 22, size=20, colour=GREY)] if size else []
    return together(*pieces, *grid, *around, *words, parts=parts)
