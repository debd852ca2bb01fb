"""Exercise: merge two halves of a softmax-weighted sum (the step that makes FlashAttention exact)."""

import math

from coursekit.exercises.checking import Case, Exercise


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


def _fades_the_wrong_way(a, b):
    m = max(a[0], b[0])
    grow_a, grow_b = math.exp(m - a[0]), math.exp(m - b[0])
    return m, grow_a * a[1] + grow_b * b[1], grow_a * a[2] + grow_b * b[2]


def _block(scores, values):
    m = max(scores)
    weights = [math.exp(s - m) for s in scores]
    return m, sum(weights), sum(w * v for w, v in zip(weights, values))


def _case(first, second):
    """Two blocks of (score, value) pairs; the merged block must be that of both together."""
    expected = _block(*zip(*first, *second))
    a, b = _block(*zip(*first)), _block(*zip(*second))

    def problem(answer):
        if not isinstance(answer, tuple) or len(answer) != 3:
            return f"se esperaba una tupla (m, l, o) y devuelve {answer!r}."
        unfaded = (a[1] + b[1], a[2] + b[2])
        if answer[1:] == unfaded and unfaded != expected[1:]:
            return "sumas los dos bloques sin atenuar el de menor máximo."
        if answer[1] == unfaded[0] != expected[1] and math.isclose(answer[2], expected[2], rel_tol=1e-9):
            return "atenúas la salida o, pero no la suma l."
        for name, got, wanted in zip(("el máximo m", "la suma l", "la salida o"), answer, expected):
            if not math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12):
                return f"{name} debería ser {wanted:.6g} y es {got:.6g}."
        return None

    return Case((a, b), problem, shown=f"a = {_rounded(a)}, b = {_rounded(b)}")


def _rounded(block):
    return tuple(round(x, 3) for x in block)


EXERCISE = Exercise(
    cases=(
        _case([(0.0, 1.0)], [(0.0, 3.0)]),
        _case([(0.0, 1.0)], [(1.0, 3.0)]),
        _case([(2.0, 1.0), (-1.0, 4.0)], [(0.5, 3.0)]),
        _case([(-300.0, 1.0)], [(400.0, 2.0), (399.0, -2.0)]),
    ),
    hints=(
        "El máximo conjunto es el mayor de los dos máximos. ¿Qué le pasa a cada suma cuando cambia el máximo?",
        "exp(s - m) = exp(s - m_a) · exp(m_a - m): cada bloque se atenúa con exp(m_a - m) o exp(m_b - m).",
        "El mismo factor atenúa la suma l y la salida o de su bloque.",
    ),
    solution=merge,
    wrong={
        "without fading": _without_fading,
        "fades only the output": _fades_only_the_output,
        "fades the wrong way": _fades_the_wrong_way,
    },
)
