"""Exercise: which tokens may a token see? (the causal mask, with an optional window)."""

import torch

from coursekit.exercises.answers import plain, returned, shown
from coursekit.exercises.checking import Case, Exercise


def causal_mask(T, window=None):
    """Return a (T, T) boolean tensor: row i is True where token i may look."""
    i = torch.arange(T)[:, None]
    j = torch.arange(T)[None, :]
    mask = j <= i
    if window is not None:
        mask = mask & (i - j < window)
    return mask


def _strict(T, window=None):
    return causal_mask(T, window) & ~torch.eye(T, dtype=torch.bool)


def _transposed(T, window=None):
    return causal_mask(T, window).T


def _no_window(T, window=None):
    return causal_mask(T)


def _window_one_too_long(T, window=None):
    return causal_mask(T, None if window is None else window + 1)


def _all_of_a_wide_window(T, window=None):
    mask = causal_mask(T, window)
    return mask if window is None or window < T else torch.ones_like(mask)


def _window_to_both_sides(T, window=None):
    mask = causal_mask(T, window)
    return mask if window is None else mask | mask.T


def _judge(T, window=None):
    wanted = causal_mask(T, window).tolist()

    def problem(answer):
        mask = plain(answer)
        if not _is_boolean(mask, T):
            return f"se esperaba un tensor booleano de forma ({T}, {T}) y {_what(answer)}"
        wrong = [(i, j) for i in range(T) for j in range(T) if mask[i][j] != wanted[i][j]]
        if not wrong:
            return None
        i, j = wrong[0]
        if i == j:
            return f"tu máscara no deja que el token {i} se vea a sí mismo: la diagonal debe ser True."
        if j > i:
            return f"el token {i} ve al token {j}, que está en el futuro."
        if mask[i][j] and all(i - j == window for i, j in wrong):
            return f"cada token ve {window + 1} tokens en vez de {window}: él mismo cuenta."
        if mask[i][j]:
            return f"el token {i} ve al token {j}, que está fuera de su ventana de {window}."
        return f"el token {i} debería ver al token {j}, que está en su pasado."

    return Case((T, window), problem, shown=f"T = {T}" + (f", window = {window}" if window else ""))


def _is_boolean(mask, T):
    rows = isinstance(mask, list) and len(mask) == T and all(isinstance(row, list) and len(row) == T for row in mask)
    return rows and all(isinstance(value, bool) for row in mask for value in row)


def _what(answer):
    if hasattr(answer, "dtype") and hasattr(answer, "shape"):
        return f"devuelve uno de {answer.dtype} y de forma {shown(tuple(answer.shape))}."
    return returned(answer)


EXERCISE = Exercise(
    cases=(_judge(1), _judge(2), _judge(5), _judge(3, 1), _judge(4, 2), _judge(6, 3), _judge(3, 3), _judge(3, 5)),
    hints=(
        "Compara el índice de cada fila con el de cada columna: torch.arange(T)[:, None] y torch.arange(T)[None, :].",
        "La fila i ve la columna j cuando j <= i. El token se ve a sí mismo.",
        "La ventana añade otra condición: i - j < window.",
    ),
    solution=causal_mask,
    wrong={
        "strict": _strict,
        "transposed": _transposed,
        "no window": _no_window,
        "window one too long": _window_one_too_long,
        "all of a wide window": _all_of_a_wide_window,
        "window to both sides": _window_to_both_sides,
    },
)
