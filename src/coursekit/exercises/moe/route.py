"""Exercise: who works on a token, and how much each counts (Mixtral's gate)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def route(scores, k):
    """(weights, experts): the k best, the best first (of equals, the lower number), softmax over these alone."""
    experts = sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
    exponentials = [math.exp(scores[i] - scores[experts[0]]) for i in experts]
    return [e / sum(exponentials) for e in exponentials], experts


def _softmax_of_all(scores, k):
    exponentials = [math.exp(score - max(scores)) for score in scores]
    experts = route(scores, k)[1]
    return [exponentials[i] / sum(exponentials) for i in experts], experts


def _in_order_of_number(scores, k):
    experts = sorted(route(scores, k)[1])
    exponentials = [math.exp(scores[i] - max(scores)) for i in experts]
    return [e / sum(exponentials) for e in exponentials], experts


def _worst(scores, k):
    experts = sorted(range(len(scores)), key=lambda i: scores[i])[:k]
    exponentials = [math.exp(scores[i] - scores[experts[-1]]) for i in experts]
    return [e / sum(exponentials) for e in exponentials], experts


def _equal_parts(scores, k):
    return [1 / k] * k, route(scores, k)[1]


def _scores_themselves(scores, k):
    experts = route(scores, k)[1]
    return [scores[i] for i in experts], experts


def _shares_of_scores(scores, k):
    experts = route(scores, k)[1]
    return [scores[i] / sum(scores[j] for j in experts) for i in experts], experts


def _without_sum(scores, k):
    experts = route(scores, k)[1]
    return [math.exp(min(700.0, scores[i])) for i in experts], experts


def _only_one(scores, k):
    return route(scores, 1)


def _from_one(scores, k):
    weights, experts = route(scores, k)
    return weights, [i + 1 for i in experts]


def _higher_number_first(scores, k):
    experts = sorted(range(len(scores)), key=lambda i: (-scores[i], -i))[:k]
    return route(scores, k)[0], experts


def _experts_first(scores, k):
    return route(scores, k)[::-1]


def _not_stabilised(scores, k):
    experts = route(scores, k)[1]
    exponentials = [math.exp(scores[i]) for i in experts]
    return [e / sum(exponentials) for e in exponentials], experts


_JUDGE = Numbers(
    solution=route,
    names=("scores", "k"),
    parts=("pesos", "expertos"),
    mistakes=(
        (_softmax_of_all, "haces el softmax sobre todos los expertos; va sobre los elegidos, y sus pesos suman 1."),
        (_in_order_of_number, "devuelves los elegidos por orden de número; primero va el que más puntúa."),
        (_worst, "eliges los que menos puntúan."),
        (_equal_parts, "das a todos los elegidos el mismo peso; es el softmax de sus puntuaciones."),
        (_scores_themselves, "das las puntuaciones como pesos: falta el softmax de las elegidas."),
        (_shares_of_scores, "divides las puntuaciones entre su suma; los pesos son su softmax."),
        (_without_sum, "falta dividir las exponenciales entre su suma."),
        (_from_one, "numeras los expertos desde 1; van desde 0."),
        (_higher_number_first, "en un empate va antes el experto de número más bajo."),
        (_experts_first, "devuelves primero los expertos; el orden es (pesos, expertos)."),
        (_not_stabilised, "exp(puntuación) desborda si es grande: antes, resta la mayor."),
    ),
)

EXERCISE = Exercise(
    # of (1, 3, 2), two: experts 1 and 2, e^0 and e^-1 = 0.367879 over their sum 1.367879: 0.731059 and 0.268941
    cases=(
        _JUDGE.case([0.5, 2.0], 1),
        _JUDGE.case([1.0, 3.0, 2.0], 2),
        _JUDGE.case([0.25, -1.5, 0.75, 2.0, -0.5, 1.25, 0.0, 1.0], 2),
        _JUDGE.case([1.0, 2.0, 2.0, -1.0], 2),
        _JUDGE.case([-2.0, -3.0, -1.0], 3),
        _JUDGE.case([900.0, 10.0, 898.0], 2),
        _JUDGE.case([900.0, 10.0, 898.0], 3),
    ),
    hints=(
        "Primero se elige y después se reparte: ¿quiénes son los k mejores? ¿Qué peso da el softmax si solo hay esos?",
        "Ordena los números de experto por su nota, de mayor a menor, y quédate con k. sorted respeta los empates.",
        "Cada peso es math.exp(s - mayor) entre la suma de esas exponenciales, solo con las puntuaciones elegidas.",
    ),
    solution=route,
    wrong=named(_JUDGE.mistakes) | {"only one": _only_one},
)
