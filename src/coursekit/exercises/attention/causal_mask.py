"""Exercise: which tokens may a token see? (the causal mask, with an optional window)."""

import torch

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


def _judge(T, window=None):
    def problem(answer):
        if not isinstance(answer, torch.Tensor) or answer.dtype != torch.bool or answer.shape != (T, T):
            found = f"{answer.dtype} {tuple(answer.shape)}" if isinstance(answer, torch.Tensor) else repr(answer)
            return f"se esperaba un tensor booleano de forma ({T}, {T}) y devuelve {found}."
        wrong = (answer != causal_mask(T, window)).nonzero().tolist()
        if not wrong:
            return None
        i, j = wrong[0]
        if i == j:
            return f"tu máscara no deja que el token {i} se vea a sí mismo: la diagonal debe ser True."
        if j > i:
            return f"el token {i} ve al token {j}, que está en el futuro."
        if answer[i, j] and all(i - j == window for i, j in wrong):
            return f"cada token ve {window + 1} tokens en vez de {window}: él mismo cuenta."
        if answer[i, j]:
            return f"el token {i} ve al token {j}, que está fuera de su ventana de {window}."
        return f"el token {i} debería ver al token {j}, que está en su pasado."

    return Case((T, window), problem, shown=f"T = {T}" + (f", window = {window}" if window else ""))


EXERCISE = Exercise(
    cases=(_judge(1), _judge(2), _judge(5), _judge(4, 2), _judge(6, 3)),
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
    },
)
