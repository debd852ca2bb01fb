"""Exercise: how much does a head look where an earlier case would help? (the prefix-matching score)."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def prefix_score(weights, period):
    """The mean weight that the second half puts on the token that followed the earlier case of its own.

    `weights` are the 2 P rows of a head's attention map on P tokens that come twice; `period` is P.
    """
    return sum(weights[t][t - period + 1] for t in range(period, 2 * period)) / period


def _the_same_token(weights, period):
    return sum(weights[t][t - period] for t in range(period, 2 * period)) / period


def _the_one_before(weights, period):
    return sum(weights[t][t - period - 1] for t in range(period + 1, 2 * period)) / period


def _just_before(weights, period):
    return sum(weights[t][t - 1] for t in range(period, 2 * period)) / period


def _all_rows(weights, period):
    return sum(weights[t][t - period + 1] for t in range(period, 2 * period)) / (2 * period)


def _a_sum(weights, period):
    return sum(weights[t][t - period + 1] for t in range(period, 2 * period))


def _columns_first(weights, period):
    return sum(weights[t - period + 1][t] for t in range(period, 2 * period)) / period


def _without_the_first(weights, period):
    return sum(weights[t][t - period + 1] for t in range(period + 1, 2 * period)) / (period - 1)


def _the_largest(weights, period):
    return sum(max(weights[t]) for t in range(period, 2 * period)) / period


def _itself(weights, period):
    return sum(weights[t][t] for t in range(period, 2 * period)) / period


def _largest_of_them(weights, period):
    return max(weights[t][t - period + 1] for t in range(period, 2 * period))


_JUDGE = Numbers(
    solution=prefix_score,
    names=("weights", "period"),
    parts=("puntuación",),
    mistakes=(
        (_the_same_token, "miras el caso anterior (t - period); lo que ayuda es lo que vino después de él."),
        (_the_one_before, "miras lo que venía antes del caso anterior; lo que ayuda es lo que vino después."),
        (_just_before, "miras el token justo anterior (t - 1): esa es otra clase de cabeza."),
        (_all_rows, "divides entre todas las filas; solo cuenta la segunda mitad."),
        (_a_sum, "devuelves la suma; falta dividir entre period."),
        (_columns_first, "lees weights[mirado][el que mira]; cada fila es un token que mira."),
        (_without_the_first, "te saltas el primer token de la segunda mitad; también ha salido ya."),
        (_itself, "miras cuánto se mira cada token a sí mismo."),
        (_largest_of_them, "das el mayor de esos pesos; se pide la media."),
        (_the_largest, "tomas el peso mayor de cada fila, mire donde mire."),
    ),
)

# 2 P = 4: rows 2 and 3 look at columns 1 and 2: (0.5 + 0.3) / 2 = 0.4. With P = 2 that is also the token just before.
_TWO = [[1.0, 0.0, 0.0, 0.0], [0.3, 0.7, 0.0, 0.0], [0.1, 0.5, 0.4, 0.0], [0.05, 0.4, 0.3, 0.25]]
# 2 P = 6: rows 3, 4, 5 look at columns 1, 2, 3: (0.8 + 0.6 + 0.15) / 3.
_THREE = [
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.4, 0.6, 0.0, 0.0, 0.0, 0.0],
    [0.1, 0.2, 0.7, 0.0, 0.0, 0.0],
    [0.05, 0.8, 0.03, 0.12, 0.0, 0.0],
    [0.1, 0.05, 0.6, 0.2, 0.05, 0.0],
    [0.25, 0.1, 0.05, 0.15, 0.35, 0.1],
]

EXERCISE = Exercise(
    cases=(
        _JUDGE.case(_THREE, 3),
        _JUDGE.case(_TWO, 2),
        _JUDGE.case([[1.0, 0.0], [0.25, 0.75]], 1),  # one token twice: what followed it is it itself
    ),
    hints=(
        "El token de la fila t, en la segunda mitad, ya salió: ¿en qué fila? ¿Y cuál vino después de él?",
        "Salió en t - period; lo que vino después está en la columna t - period + 1.",
        "La media de weights[t][t - period + 1] para t de period a 2 · period - 1.",
    ),
    solution=prefix_score,
    wrong=named(_JUDGE.mistakes),
)
