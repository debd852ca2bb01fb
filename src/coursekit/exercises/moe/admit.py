"""Exercise: places at each expert, and who finds none (one expert a token)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def admit(chosen, experts, factor):
    """Each token's expert, or -1 where it came too late: ceil(factor tokens / experts) places, in order of arrival."""
    places, taken, admitted = math.ceil(factor * len(chosen) / experts), [0] * experts, []
    for expert in chosen:
        taken[expert] += 1
        admitted.append(expert if taken[expert] <= places else -1)
    return admitted


def _admit(chosen, places):
    taken, admitted = {}, []
    for expert in chosen:
        taken[expert] = taken.get(expert, 0) + 1
        admitted.append(expert if taken[expert] <= places else -1)
    return admitted


def _rounds_down(chosen, experts, factor):
    return _admit(chosen, int(factor * len(chosen) / experts))


def _without_factor(chosen, experts, factor):
    return _admit(chosen, math.ceil(len(chosen) / experts))


def _one_place_less(chosen, experts, factor):
    return _admit(chosen, math.ceil(factor * len(chosen) / experts) - 1)


def _one_place_more(chosen, experts, factor):
    return _admit(chosen, math.ceil(factor * len(chosen) / experts) + 1)


def _last_come_first(chosen, experts, factor):
    return admit(chosen[::-1], experts, factor)[::-1]


def _everybody(chosen, experts, factor):
    return list(chosen)


def _to_the_next(chosen, experts, factor):
    places, taken, admitted = math.ceil(factor * len(chosen) / experts), [0] * experts, []
    for expert in chosen:
        free = [i % experts for i in range(expert, expert + experts) if taken[i % experts] < places]
        admitted.append(free[0] if free else -1)
        if free:
            taken[free[0]] += 1
    return admitted


def _places_of_all(chosen, experts, factor):
    return [e if i < math.ceil(factor * len(chosen) / experts) else -1 for i, e in enumerate(chosen)]


def _left_out(chosen, experts, factor):
    return [e for e in admit(chosen, experts, factor) if e >= 0]


_JUDGE = Numbers(
    solution=admit,
    names=("chosen", "experts", "factor"),
    parts=("expertos",),
    mistakes=(
        (_without_factor, "falta el factor: hay factor · tokens / experts plazas, redondeado hacia arriba."),
        (_rounds_down, "redondeas hacia abajo; las plazas se redondean hacia arriba."),
        (_one_place_less, "dejas una plaza sin usar: quien llega a la última entra."),
        (_one_place_more, "dejas entrar a uno de más."),
        (_last_come_first, "entran los primeros que llegan, no los últimos."),
        (_everybody, "dejas entrar a todos: cuando un experto se llena, los demás se quedan fuera con -1."),
        (_to_the_next, "mandas al que sobra a otro experto; aquí se queda fuera, con -1."),
        (_places_of_all, "las plazas son de cada experto, no de todos juntos."),
    ),
)

EXERCISE = Exercise(
    # 6 tokens, 2 experts, factor 1: 3 places each; the fourth and the fifth for expert 0 are left out
    cases=(
        _JUDGE.case([0, 0, 0, 0, 0, 1], 2, 1.0),
        _JUDGE.case([1, 1, 1, 1, 0], 2, 1.0),
        _JUDGE.case([1, 1, 1, 1, 0], 2, 1.5),
        _JUDGE.case([2, 2, 0, 2, 1, 2, 0, 0], 4, 1.25),
        _JUDGE.case([3, 3, 3, 1, 3, 1, 1, 3], 8, 1.0),
        _JUDGE.case([0, 1, 0, 1], 2, 2.0),
    ),
    hints=(
        "Calcula primero cuántas plazas tiene cada experto. Después, recorre los tokens por orden y lleva la cuenta.",
        "Plazas: factor por tokens entre expertos, hacia arriba. Quien encuentra el experto lleno recibe -1.",
        "taken[e] += 1; si taken[e] <= plazas, entra; si no, -1.",
    ),
    solution=admit,
    wrong=named(_JUDGE.mistakes) | {"left out": _left_out},
)
