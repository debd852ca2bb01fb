"""A mask: which tokens (columns) each token (row) may see; what is hidden is hatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coursekit.notebook.drawing.piece import Piece
from coursekit.notebook.drawing.vector import matrix


def mask(
    count: int,
    x: float,
    y: float,
    *,
    visible: Callable[[int, int], bool] = lambda row, column: column <= row,
    cell: float = 34,
    weights: Sequence[Sequence[float]] | None = None,
    **words: object,
) -> Piece:
    """A square of cells with its top left corner at (x, y); its parts are the cells, row by row.

    Args:
        count: of the tokens.
        visible: `visible(row, column)`; by default the causal triangle.
        cell: side of a cell, pixels.
        weights: the grey of the visible cells, by rows, measured; None leaves them white.
        words: `rows`, `columns`, `name` and `size`, as of `matrix`.

    Raises:
        ValueError: for a weight other than 0 where nothing may be seen.
    """
    values = weights if weights is not None else [[0.0] * count for _ in range(count)]
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            if value and not visible(i, j):
                raise ValueError(f"expected weight 0 where the mask hides, got {value} in row {i}, column {j}")
    return matrix(values, x, y, cell=cell, hidden=lambda i, j: not visible(i, j), **words)
