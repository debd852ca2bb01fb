"""Exercise: the kernel with which a state-space model that never changes convolves its input."""

import math
from itertools import accumulate

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def convolution_kernel(a, b, c, length):
    """K, a list: K[k] = sum_n c[n] a[n]^k b[n] is what an input still says k steps later; a, b and c hold N numbers."""
    return [sum(c_n * a_n**k * b_n for a_n, b_n, c_n in zip(a, b, c)) for k in range(length)]


def _one_step_ahead(a, b, c, length):
    return convolution_kernel(a, b, c, length + 1)[1:]


def _without_c(a, b, c, length):
    return convolution_kernel(a, b, [1.0] * len(c), length)


def _without_b(a, b, c, length):
    return convolution_kernel(a, [1.0] * len(b), c, length)


def _first_states_only(a, b, c, length):
    return convolution_kernel(a[:length], b, c, length)


def _reversed(a, b, c, length):
    return convolution_kernel(a, b, c, length)[::-1]


def _one_rhythm(a, b, c, length):
    return [sum(map(lambda b_n, c_n: b_n * c_n, b, c)) * sum(a) ** k for k in range(length)]


def _summed_up(a, b, c, length):
    return list(accumulate(convolution_kernel(a, b, c, length)))


def _exponential(a, b, c, length):
    return convolution_kernel([math.exp(a_n) for a_n in a], b, c, length)


def _absolute(a, b, c, length):
    return convolution_kernel([abs(a_n) for a_n in a], b, c, length)


def _times_k(a, b, c, length):
    return [sum(c_n * a_n * k * b_n for a_n, b_n, c_n in zip(a, b, c)) for k in range(length)]


def _first_state(a, b, c, length):
    return convolution_kernel(a[:1], b, c, length)


def _mean_of_states(a, b, c, length):
    return [k / len(a) for k in convolution_kernel(a, b, c, length)]


_JUDGE = Numbers(
    solution=convolution_kernel,
    names=("a", "b", "c", "length"),
    parts=("K",),
    mistakes=(
        (
            _one_step_ahead,
            "va un paso adelantado: K[0] es lo que la entrada dice en su propio paso, con a elevada a 0.",
        ),
        (_without_c, "falta c, con la que se lee el estado."),
        (_without_b, "falta b, con la que la entrada llega al estado."),
        (_first_states_only, "sumas solo los primeros length estados: cada K[k] suma los N."),
        (_exponential, "elevas exp(a): a ya está discretizada, y K[k] lleva a[n]^k."),
        (_absolute, "usas el valor absoluto de a: con a negativa, el signo se alterna."),
        (_times_k, "multiplicas por k en vez de elevar a k: en cada paso el estado se multiplica otra vez por a."),
        (_first_state, "usas solo el primer estado: cada K[k] suma los N."),
        (_mean_of_states, "divides entre N: las respuestas de los estados se suman."),
        (_reversed, "el núcleo está del revés: K[0] es el presente y K[length - 1], lo más lejano."),
        (_one_rhythm, "sumas los estados antes de elevar: cada uno se desvanece a su ritmo, a[n]^k."),
        (
            _summed_up,
            "sumas las respuestas de todos los pasos: eso es lo que da una entrada que no cesa, no un impulso.",
        ),
    ),
)

EXERCISE = Exercise(
    # 5 * 3 = 15, and half of it at each step; with three states: 1 * 2 - 3 * 4.5 - 0.5 * 1 = -12
    cases=(
        _JUDGE.case([0.5], [3.0], [5.0], 1),
        _JUDGE.case([0.5], [3.0], [5.0], 3),
        _JUDGE.case([0.5, -0.25, 2.0], [2.0, 4.5, -1.0], [1.0, -3.0, 0.5], 2),
        _JUDGE.case([0.9, -0.5, 0.0], [1.0, 2.0, -1.0], [0.5, 1.0, 4.0], 6),
    ),
    hints=(
        "Con una entrada de 1 en el paso 0 y nada después, la salida es el núcleo. Sigue al estado paso a paso.",
        "Un estado vale b[n] en el paso 0 y cada paso lo multiplica por a[n]: en el paso k vale a[n]^k · b[n].",
        "K[k] es la suma, para cada estado n, de c[n] · a[n] ** k · b[n], con k de 0 a length - 1.",
    ),
    solution=convolution_kernel,
    wrong=named(_JUDGE.mistakes),
)
