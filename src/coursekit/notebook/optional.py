"""Cells that need what may be missing: a line says so, and the notebook goes on without them.

The builder reads in the executed notebook that cells were passed over: their numbers are not measured, and not missing.
"""

from __future__ import annotations

from collections.abc import Callable

from coursekit.notebook.measured import publish

PASSED_OVER_MIME = "application/vnd.coursekit.passed-over+json"


def pass_over(mark: str, reason: str, *, quick: bool = True) -> None:
    """Say why, and let IPython pass over the cells that begin with `mark` from here on.

    Args:
        mark: how they begin, a comment: ``"# SmolLM2"``.
        reason: in Spanish, a sentence.
        quick: of the lesson. Longer runs measure with what those cells make: they do not go on without it.

    Raises:
        RuntimeError: with the reason, where the lesson is not in profile `quick`.
    """
    if not quick:
        raise RuntimeError(f"{reason} Sin esas celdas solo se puede ejecutar el perfil 'quick'.")
    from IPython import get_ipython

    said = f"{reason} Las celdas que empiezan por «{mark}» se pasan por alto."
    publish({PASSED_OVER_MIME: {"mark": mark, "reason": reason}, "text/plain": said})
    shell = get_ipython()
    if shell is not None:
        shell.input_transformers_cleanup.append(_without(mark))


def _without(mark: str) -> Callable[[list[str]], list[str]]:
    """Of a cell that begins with `mark`, a line that says that it is passed over; others as they are."""

    def transform(lines: list[str]) -> list[str]:
        first = next((line for line in lines if line.strip()), "")
        return [f"print('Esta celda se pasa por alto ({mark}).')\n"] if first.startswith(mark) else lines

    return transform
