"""Exercise: one step of an LSTM, in numbers."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def lstm_step(x, h, c, w):
    """The new h and c."""

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    i, f, g, o = (w[part][0] * x + w[part][1] * h + w[part][2] for part in "ifgo")
    c = sigmoid(f) * c + sigmoid(i) * math.tanh(g)
    return sigmoid(o) * math.tanh(c), c


def _gates(x, h, w):
    i, f, g, o = (w[part][0] * x + w[part][1] * h + w[part][2] for part in "ifgo")
    return _sigmoid(i), _sigmoid(f), g, _sigmoid(o)


def _sigmoid(z):
    return 1 / (1 + math.exp(-z))


def _of_1997(x, h, c, w):
    i, _, g, o = _gates(x, h, w)
    c = c + i * math.tanh(g)
    return o * math.tanh(c), c


def _swapped(x, h, c, w):
    return lstm_step(x, h, c, {**w, "i": w["f"], "f": w["i"]})


def _forgets_what_it_should_keep(x, h, c, w):
    i, f, g, o = _gates(x, h, w)
    c = (1 - f) * c + i * math.tanh(g)
    return o * math.tanh(c), c


def _without_tangent_inside(x, h, c, w):
    i, f, g, o = _gates(x, h, w)
    c = f * c + i * g
    return o * math.tanh(c), c


def _gate_for_g(x, h, c, w):
    i, f, g, o = _gates(x, h, w)
    c = f * c + i * _sigmoid(g)
    return o * math.tanh(c), c


def _without_bias(x, h, c, w):
    return lstm_step(x, h, c, {part: (a, b, 0.0) for part, (a, b, _) in w.items()})


def _old_cell(x, h, c, w):
    _, new = lstm_step(x, h, c, w)
    return _gates(x, h, w)[3] * math.tanh(c), new


def _without_tangent_outside(x, h, c, w):
    _, new = lstm_step(x, h, c, w)
    return _gates(x, h, w)[3] * new, new


def _cell_first(x, h, c, w):
    return lstm_step(x, h, c, w)[::-1]


_MISTAKES = (
    (_of_1997, "no olvidas: es la LSTM de 1997. A c la multiplica la compuerta de olvido, f."),
    (_swapped, "cambias de sitio las compuertas de entrada y de olvido: f multiplica a la c de antes."),
    (_forgets_what_it_should_keep, "usas 1 - f: con la compuerta de olvido abierta, f = 1, c se conserva."),
    (_without_tangent_inside, "a g le falta la tangente hiperbólica."),
    (_gate_for_g, "pasas g por la sigmoide: g no es una compuerta y lleva la tangente hiperbólica."),
    (_without_bias, "te dejas los sesgos, el tercer número de cada parte."),
    (_cell_first, "devuelves (c, h): se pide (h, c)."),
    (_old_cell, "h sale de la c nueva, no de la de antes."),
    (_without_tangent_outside, "a la c que sale en h le falta la tangente hiperbólica."),
)
_STEP = Numbers(lstm_step, ("x", "h", "c", "w"), ("h", "c"), _MISTAKES)
_W = {"i": (0.5, -1.0, 0.25), "f": (-1.5, 0.75, 1.0), "g": (2.0, 0.5, -0.5), "o": (1.0, 1.5, -0.75)}

EXERCISE = Exercise(
    cases=(
        _STEP.case(1.0, 0.5, -0.8, _W),
        _STEP.case(-0.6, 0.2, 1.7, _W),
        _STEP.case(
            0.0, -0.9, 3.0, {"i": (1.0, 2.0, -1.0), "f": (1.0, 1.0, 2.0), "g": (0.3, -2.0, 0.4), "o": (1.0, 0.5, 1.5)}
        ),
    ),
    hints=(
        "Cada parte es peso de x, peso de h y sesgo. Tres pasan por la sigmoide y una, por la tangente.",
        "La c nueva suma dos cosas: lo que f deja de la vieja y lo que i deja pasar de tanh(g).",
        "c = sigmoid(f) * c + sigmoid(i) * math.tanh(g); h = sigmoid(o) * math.tanh(c)",
    ),
    solution=lstm_step,
    wrong={
        "of 1997": _of_1997,
        "swapped": _swapped,
        "forgets what it should keep": _forgets_what_it_should_keep,
        "without tangent inside": _without_tangent_inside,
        "gate for g": _gate_for_g,
        "without bias": _without_bias,
        "old cell": _old_cell,
        "without tangent outside": _without_tangent_outside,
        "cell first": _cell_first,
    },
)
