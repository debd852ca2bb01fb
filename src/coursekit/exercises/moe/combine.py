"""Exercise: the experts' answers to one token, added up."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def combine(x, outputs, weights, experts):
    """x plus the weighted sum of the chosen experts' outputs; -1 is nobody, who adds nothing.

    outputs[i] is what expert i would answer; x, the token's vector on the residual stream.
    """
    y = list(x)
    for weight, i in zip(weights, experts):
        if i >= 0:
            y = [a + weight * b for a, b in zip(y, outputs[i])]
    return y


def _without_residual(x, outputs, weights, experts):
    return combine([0.0] * len(x), outputs, weights, experts)


def _without_weights(x, outputs, weights, experts):
    return combine(x, outputs, [1.0] * len(experts), experts)


def _in_their_order(x, outputs, weights, experts):
    return combine(x, outputs, weights, [j if i >= 0 else -1 for j, i in enumerate(experts)])


def _last_for_nobody(x, outputs, weights, experts):
    return combine(x, outputs, weights, [i % len(outputs) for i in experts])


def _renormalises(x, outputs, weights, experts):
    kept = sum(w for w, i in zip(weights, experts) if i >= 0)
    return combine(x, outputs, [w / kept for w in weights] if kept else weights, experts)


def _mean(x, outputs, weights, experts):
    there = max(1, sum(i >= 0 for i in experts))
    return combine(x, outputs, [1 / there] * len(experts), experts)


def _only_the_best(x, outputs, weights, experts):
    return combine(x, outputs, weights[:1], experts[:1])


def _weighs_the_residual(x, outputs, weights, experts):
    kept = sum(w for w, i in zip(weights, experts) if i >= 0)
    return combine([(1 - kept) * a for a in x], outputs, weights, experts)


_JUDGE = Numbers(
    solution=combine,
    names=("x", "outputs", "weights", "experts"),
    parts=("salida",),
    mistakes=(
        (_without_residual, "falta la línea residual: lo que responden los expertos se suma a x."),
        (_without_weights, "sumas las respuestas sin multiplicarlas por su peso."),
        (_in_their_order, "tomas las primeras respuestas; experts dice de quién es cada peso."),
        (_last_for_nobody, "experts[j] = -1 quiere decir nadie; outputs[-1] es, en Python, el último experto."),
        (_renormalises, "repartes el peso de quien falta entre los demás; aquí se pierde."),
        (_mean, "haces la media de las respuestas; cada una cuenta según su peso."),
        (_only_the_best, "solo cuentas al primer experto."),
        (_weighs_the_residual, "x se suma entera, cuenten lo que cuenten los expertos."),
    ),
)

EXERCISE = Exercise(
    # x = 1, experts 1 and 0 and nobody: 1 + 0.5 6 + 0.25 1 = 4.25
    # x = (1, 0), experts 2 and 0 with 3/4 and 1/4: (1, 0) + 3/4 (4, 4) + 1/4 (0, 8) = (4, 5)
    cases=(
        _JUDGE.case([1.0], [[1.0], [6.0]], [0.5, 0.25, 0.25], [1, 0, -1]),
        _JUDGE.case([1.0, 0.0], [[0.0, 8.0], [5.0, 5.0], [4.0, 4.0]], [0.75, 0.25], [2, 0]),
        _JUDGE.case([0.5, -1.0], [[2.0, 1.0], [-3.25, 4.5], [1.0, -6.0]], [0.6, 0.4], [1, -1]),
        _JUDGE.case([0.5, -1.0, 2.0], [[2.0, 1.0, 7.0]], [0.9, 0.1], [-1, -1]),
    ),
    hints=(
        "Empieza por una copia de x y ve sumando lo que aporta cada experto elegido.",
        "El peso weights[j] es del experto experts[j]. ¿Y si ese número es -1?",
        "Suma a cada número de y el de outputs[i] por su peso, solo si i >= 0.",
    ),
    solution=combine,
    wrong=named(_JUDGE.mistakes),
)
