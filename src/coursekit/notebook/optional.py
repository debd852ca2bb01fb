"""Cells that need what may be missing: a line says so, and the notebook goes on without them."""

from __future__ import annotations

from collections.abc import Callable


def pass_over(mark: str, reason: str) -> None:
    """Say why, and let IPython pass over the cells that begin with `mark` from here on.

    Args:
        mark: how they begin, a comment: ``"# SmolLM2"``.
        reason: in Spanish, a sentence.
    """
    from IPython import get_ipython

    print(f"{reason} Las celdas que empiezan por «{mark}» se pasan por alto.")
    shell = get_ipython()
    if shell is not None:
        shell.input_transformers_cleanup.append(_without(mark))


def _without(mark: str) -> Callable[[list[str]], list[str]]:
    """Of a cell that begins with `mark`, a line that says that it is passed over; others as they are."""

    def transform(lines: list[str]) -> list[str]:
        first = next((line for line in lines if line.strip()), "")
        return [f"print('Esta celda se pasa por alto ({mark}).')\n"] if first.startswith(mark) else lines

    return transform
