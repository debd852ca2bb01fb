"""Exercise: the mask that makes attention out of a state that fades (state-space duality)."""

import math
from itertools import accumulate
from operator import mul

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def decay_mask(a):
    """L, a list of T rows: L[i][j] = a[j + 1] · ... · a[i] is what is left at i of what entered at j; 0 if j > i."""
    return [[math.prod(a[j + 1 : i + 1]) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


def _own_decay(a):
    return _lower(a, lambda i, j: math.prod(a[j : i + 1]))


def _from_the_start(a):
    return _lower(a, lambda i, j: math.prod(a[1 : i + 1]))


def _sees_the_future(a):
    lower = decay_mask(a)
    return [[lower[max(i, j)][min(i, j)] for j in range(len(a))] for i in range(len(a))]


def _transposed(a):
    return [list(column) for column in zip(*decay_mask(a))]


def _without_diagonal(a):
    return _lower(a, lambda i, j: math.prod(a[j + 1 : i + 1]) if j < i else 0.0)


def _last_decay_missing(a):
    return _lower(a, lambda i, j: math.prod(a[j + 1 : i]))


def _shifted(a):
    return _lower(a, lambda i, j: math.prod(a[j:i]))


def _quotient(a):
    product = list(accumulate(a, mul))
    return _lower(a, lambda i, j: product[i] / product[j])


def _powers(a):
    return _lower(a, lambda i, j: a[i] ** (i - j))


def _one_factor(a):
    return _lower(a, lambda i, j: a[i] if j < i else 1.0)


def _infinity_above(a):
    return [[x if j <= i else -math.inf for j, x in enumerate(row)] for i, row in enumerate(decay_mask(a))]


def _lower(a, entry):
    return [[entry(i, j) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


_JUDGE = Numbers(
    solution=decay_mask,
    names=("a",),
    parts=("L",),
    mistakes=(
        (_own_decay, "incluyes a[j]: lo que entra en j aún no se ha desvanecido nada; el primer factor es a[j + 1]."),
        (_from_the_start, "multiplicas desde el principio: lo que entra en j solo se desvanece después de j."),
        (_sees_the_future, "por encima de la diagonal va 0: i no puede ver lo que entra después."),
        (_powers, "elevas a[i]; se multiplican factores distintos, de a[j + 1] a a[i]."),
        (_one_factor, "pones un solo factor; se multiplican todos, de a[j + 1] a a[i]."),
        (_infinity_above, "por encima de la diagonal va 0, no menos infinito: aquí no hay softmax después."),
        (_transposed, "tu máscara está traspuesta: la fila i es la que lee, y la columna j, lo que entró."),
        (_without_diagonal, "en la diagonal va 1: lo que entra en i se lee entero en i."),
        (_last_decay_missing, "falta el último factor, a[i]: antes de leer en i, el estado se multiplica por a[i]."),
        (
            _shifted,
            "multiplicas de a[j] a a[i - 1]: lo que entra en j se multiplica por a[j + 1] y los demás, hasta a[i].",
        ),
        (
            _quotient,
            "divides entre un producto que vale 0: un factor 0 borra el estado, y lo que entra después debe quedar.",
        ),
    ),
)

EXERCISE = Exercise(
    cases=(
        _JUDGE.case([0.5]),
        _JUDGE.case([0.5, 0.25]),
        _JUDGE.case([0.5, 0.25, 0.8]),
        _JUDGE.case([0.9, 0.0, 0.5, 0.25]),
    ),
    hints=(
        "Lo que entra en j está entero en j y cada paso posterior lo multiplica por su factor, hasta i.",
        "La fila i tiene i + 1 entradas distintas de cero. La última, L[i][i], es un producto sin factores: 1.",
        "L[i][j] = math.prod(a[j + 1 : i + 1]) si j <= i, y 0 si no.",
    ),
    solution=decay_mask,
    wrong=named(_JUDGE.mistakes),
)
