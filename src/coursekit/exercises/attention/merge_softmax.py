"""Exercise: merge two halves of a softmax-weighted sum (the step that makes FlashAttention exact)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def merge(a, b):
    """Merge the results (m, l, o) of two blocks of keys: maximum, sum of exp(s - m), sum of exp(s - m) v."""
    m_a, l_a, o_a = a
    m_b, l_b, o_b = b
    m = max(m_a, m_b)
    fade_a, fade_b = math.exp(m_a - m), math.exp(m_b - m)
    return m, fade_a * l_a + fade_b * l_b, fade_a * o_a + fade_b * o_b


def _without_fading(a, b):
    return max(a[0], b[0]), a[1] + b[1], a[2] + b[2]


def _fades_only_the_output(a, b):
    m, _, o = merge(a, b)
    return m, a[1] + b[1], o


def _fades_only_the_sum(a, b):
    m, total, _ = merge(a, b)
    return m, total, a[2] + b[2]


def _fades_the_wrong_way(a, b):
    m = max(a[0], b[0])
    return _faded(a, b, m, _finite_exp(m - a[0]), _finite_exp(m - b[0]))


def _fades_the_other_block(a, b):
    m = max(a[0], b[0])
    return _faded(a, b, m, math.exp(b[0] - m), math.exp(a[0] - m))


def _not_stabilised(a, b):
    m = max(a[0], b[0])
    return _faded(a, b, m, math.exp(a[0]) / math.exp(m), math.exp(b[0]) / math.exp(m))


def _maximum_from_zero(a, b):
    m = max(a[0], b[0], 0.0)
    return _faded(a, b, m, math.exp(a[0] - m), math.exp(b[0] - m))


def _largest_in_size(a, b):
    m = max(a[0], b[0], key=abs)
    return _faded(a, b, m, _finite_exp(a[0] - m), _finite_exp(b[0] - m))


def _smaller_maximum(a, b):
    m = min(a[0], b[0])
    return _faded(a, b, m, _finite_exp(a[0] - m), _finite_exp(b[0] - m))


def _added_maxima(a, b):
    return a[0] + b[0], *merge(a, b)[1:]


def _one_factor(a, b):
    m = max(a[0], b[0])
    return _faded(a, b, m, math.exp(a[0] - m), math.exp(a[0] - m))


def _divided(a, b):
    m, total, o = merge(a, b)
    return m, total, o / total


def _weighted_twice(a, b):
    m, total, _ = merge(a, b)
    return m, total, math.exp(a[0] - m) * a[1] * a[2] + math.exp(b[0] - m) * b[1] * b[2]


def _other_order(a, b):
    m, total, o = merge(a, b)
    return m, o, total


def _finite_exp(x):
    return math.exp(min(x, 700.0))  # who overflows makes another mistake, too


def _faded(a, b, m, fade_a, fade_b):
    return m, fade_a * a[1] + fade_b * b[1], fade_a * a[2] + fade_b * b[2]


_JUDGE = Numbers(
    solution=merge,
    names=("a", "b"),
    parts=("m", "l", "o"),
    mistakes=(
        (_maximum_from_zero, "el máximo parte de 0, y las puntuaciones pueden ser todas negativas."),
        (_largest_in_size, "el máximo no es el mayor en valor absoluto: -1 es mayor que -3."),
        (_smaller_maximum, "el máximo conjunto es el mayor de los dos, no el menor."),
        (_added_maxima, "sumas los dos máximos; el de los dos bloques juntos es el mayor."),
        (_other_order, "el orden de la terna es (m, l, o)."),
        (_divided, "divides o entre l: eso se hace una vez, cuando ya se han unido todos los bloques."),
        (_weighted_twice, "multiplicas o por l; o es una suma que ya lleva sus pesos dentro."),
        (_without_fading, "sumas los dos bloques sin atenuar el de menor máximo."),
        (_fades_only_the_output, "atenúas la salida o, pero no la suma l."),
        (_fades_only_the_sum, "atenúas la suma l, pero no la salida o."),
        (_fades_the_wrong_way, "atenúas al revés: el factor del bloque a es exp(m_a - m), que no pasa de 1."),
        (_one_factor, "atenúas los dos bloques con el factor de a; el de b es exp(m_b - m)."),
        (_fades_the_other_block, "atenúas el bloque que no es: exp(m_a - m) es el factor del bloque a."),
        (
            _not_stabilised,
            "exp(m) desborda si m es grande, y vale 0 si es muy negativo: calcula exp(m_a - m), con la resta dentro.",
        ),
    ),
)

EXERCISE = Exercise(
    # equal maxima add up: 1 + 1.5 and 2 + 5; then exp(-1) = 0.367879 fades the first block
    cases=(
        _JUDGE.case((1.0, 1.0, 2.0), (1.0, 1.5, 5.0)),
        _JUDGE.case((0.0, 1.0, 2.0), (1.0, 1.5, -4.0)),
        _JUDGE.case((2.5, 1.25, -2.75), (2.25, 1.0, -1.5)),
        _JUDGE.case((-3.0, 1.5, 2.0), (-1.0, 2.0, -4.0)),
        _JUDGE.case((-7.0, 3.0, 2.0), (2.0, 1.5, -1.0)),
        _JUDGE.case((1000.0, 1.5, 2.0), (998.0, 2.0, -3.0)),
        _JUDGE.case((-1002.0, 1.0, 2.0), (-1000.0, 1.5, 1.0)),
        _JUDGE.case((-300.0, 1.0, 1.0), (400.0, 1.25, -2.0)),
    ),
    hints=(
        "El máximo conjunto es el mayor de los dos máximos. ¿Qué le pasa a cada suma cuando cambia el máximo?",
        "exp(s - m) = exp(s - m_a) · exp(m_a - m): cada bloque se atenúa con exp(m_a - m) o exp(m_b - m).",
        "El mismo factor atenúa la suma l y la salida o de su bloque.",
    ),
    solution=merge,
    wrong=named(_JUDGE.mistakes),
)
