"""Exercise: attention by hand (one head, causal, on a few tokens whose queries, keys and values are given)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def causal_attention(Q, K, V):
    """The outputs of one head, a list of rows: token t averages the values of the tokens up to t, itself included.

    Q and K hold a row of d numbers for each token, V a row for each token.
    """
    outputs = []
    for t, query in enumerate(Q):
        scores = [sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query)) for key in K[: t + 1]]
        weights = [math.exp(score - max(scores)) for score in scores]
        total = sum(weights)
        outputs.append([sum(w * value[i] for w, value in zip(weights, V)) / total for i in range(len(V[0]))])
    return outputs


def _sees_the_future(Q, K, V):
    return [_mean(_softmax(_scores(query, K)), V) for query in Q]


def _masks_the_past(Q, K, V):
    return [_mean(_softmax(_scores(Q[t], K[t:])), V[t:]) for t in range(len(Q))]


def _without_itself(Q, K, V):
    return [V[0], *(_mean(_softmax(_scores(Q[t], K[:t])), V) for t in range(1, len(Q)))]


def _without_scale(Q, K, V):
    return causal_attention([[q * math.sqrt(len(row)) for q in row] for row in Q], K, V)


def _divides_by_d(Q, K, V):
    return causal_attention([[q / math.sqrt(len(row)) for q in row] for row in Q], K, V)


def _divides_by_the_length(Q, K, V):
    return causal_attention([[q * math.sqrt(len(row) / len(Q)) for q in row] for row in Q], K, V)


def _without_sum(Q, K, V):
    def row(t):
        weights = [_finite_exp(score) for score in _scores(Q[t], K[: t + 1])]
        return _mean(weights, V)

    return [row(t) for t in range(len(Q))]


def _without_softmax(Q, K, V):
    return [_mean(_scores(Q[t], K[: t + 1]), V) for t in range(len(Q))]


def _queries_for_keys(Q, K, V):
    return causal_attention(K, Q, V)


def _masks_with_zero(Q, K, V):
    masked = [[s if i <= t else 0.0 for i, s in enumerate(_scores(query, K))] for t, query in enumerate(Q)]
    return [_mean(_softmax(row), V) for row in masked]


def _masks_after_softmax(Q, K, V):
    weights = [_softmax(_scores(query, K)) for query in Q]
    return [_mean(row[: t + 1], V) for t, row in enumerate(weights)]


def _softmax_by_columns(Q, K, V):
    columns = [_softmax([_scores(query, [key])[0] for query in Q[j:]]) for j, key in enumerate(K)]
    return [_mean([columns[j][t - j] for j in range(t + 1)], V) for t in range(len(Q))]


def _equal_weights(Q, K, V):
    return [_mean([1 / (t + 1)] * (t + 1), V) for t in range(len(Q))]


def _only_the_largest(Q, K, V):
    scores = [_scores(Q[t], K[: t + 1]) for t in range(len(Q))]
    return [V[row.index(max(row))] for row in scores]


def _not_stabilised(Q, K, V):
    weights = [[math.exp(score) for score in _scores(Q[t], K[: t + 1])] for t in range(len(Q))]
    return [_mean([w / sum(row) for w in row], V) for row in weights]


def _scores(query, K):
    return [sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query)) for key in K]


def _softmax(scores):
    weights = [math.exp(score - max(scores)) for score in scores]
    return [weight / sum(weights) for weight in weights]


def _finite_exp(x):
    return math.exp(min(x, 700.0))  # who overflows makes another mistake, too


def _mean(weights, V):
    return [sum(w * value[i] for w, value in zip(weights, V)) for i in range(len(V[0]))]


_JUDGE = Numbers(
    solution=causal_attention,
    names=("Q", "K", "V"),
    parts=("salida",),
    mistakes=(
        (_sees_the_future, "cada token mira también a los que vienen después: falta la máscara causal."),
        (_masks_the_past, "tapas los tokens anteriores; se tapan los que vienen después."),
        (_without_itself, "cada token mira solo a los anteriores; también se mira a sí mismo."),
        (_without_scale, "falta dividir las puntuaciones entre la raíz de d, el tamaño de una clave."),
        (_divides_by_d, "divides las puntuaciones entre d; se dividen entre su raíz cuadrada."),
        (
            _divides_by_the_length,
            "divides entre la raíz del número de tokens; es la raíz de d, el tamaño de una clave.",
        ),
        (_without_sum, "los pesos de una fila deben sumar 1: falta dividir entre la suma de las exponenciales."),
        (_without_softmax, "usas las puntuaciones como pesos: falta el softmax."),
        (_queries_for_keys, "intercambias consultas y claves: la fila t compara Q[t] con todas las K."),
        (
            _masks_with_zero,
            "pones a 0 las puntuaciones tapadas, y exp(0) es 1: ponlas a menos infinito, o no las mires.",
        ),
        (_masks_after_softmax, "tapas después del softmax: los pesos que quedan ya no suman 1."),
        (_softmax_by_columns, "haces el softmax por columnas; van por filas, una por consulta, y cada fila suma 1."),
        (_equal_weights, "das a todos los tokens el mismo peso; dependen de las puntuaciones."),
        (_only_the_largest, "copias el valor del token que más puntúa; la atención es una media de todos."),
        (_not_stabilised, "exp(puntuación) desborda si es grande: antes, resta a cada fila su mayor puntuación."),
    ),
)

EXERCISE = Exercise(
    # one token alone: its own value. Then token 1 scores (1, 1 + 2) / sqrt(4) = 0.5 and 1.5: exp(-1) = 0.367879, so its
    # weights are 0.268941 and 0.731059, and its output 0.268941 * (4, 0) + 0.731059 * (0, 2) = (1.075766, 1.462117).
    cases=(
        _JUDGE.case([[1.0, -2.0]], [[3.0, 1.0]], [[4.0, -1.0, 0.5]]),
        _JUDGE.case(
            [[1.0, 0.0, 2.0, 0.0], [1.0, 0.0, 0.0, 2.0]],
            [[1.0, 3.0, 0.0, 0.0], [1.0, 0.0, 3.0, 1.0]],
            [[4.0, 0.0], [0.0, 2.0]],
        ),
        _JUDGE.case(
            [[0.5, -1.0], [2.0, 1.0], [-1.5, 0.5]],
            [[1.0, 2.0], [-0.5, 1.5], [0.0, -3.0]],
            [[1.0, 0.0, -2.0], [3.0, -4.0, 1.0], [-1.0, 2.0, 5.0]],
        ),
        _JUDGE.case([[0.0], [100.0], [-40.0]], [[1.0], [-20.0], [-20.5]], [[-2.0], [3.0], [0.5]]),
    ),
    hints=(
        "Hazlo por filas: para el token t, puntúa las claves de 0 a t, conviértelas en pesos y promedia los valores.",
        "La puntuación de Q[t] con K[s] es su producto escalar entre la raíz de d. Los pesos son su softmax: suman 1.",
        "Cada peso es math.exp(s - max(scores)); la salida t es la suma de weights[s] · V[s] entre sum(weights).",
    ),
    solution=causal_attention,
    wrong=named(_JUDGE.mistakes),
)
