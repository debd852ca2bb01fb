"""Exercise: one token through one channel of Mamba (the step of decoding)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def selective_step(h, u, raw_delta, A, B, C, D):
    """(y, h_new) after the input u; h, A, B and C are lists of N numbers. The state takes in delta · B · u."""
    delta = math.log1p(math.exp(raw_delta))
    h_new = [math.exp(delta * a) * x + delta * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h_new)) + D * u, h_new


def _without_softplus(h, u, raw_delta, A, B, C, D):
    h_new = [math.exp(raw_delta * a) * x + raw_delta * b * u for x, a, b in zip(h, A, B)]
    return _read(h_new, u, C, D), h_new


def _reads_the_old_state(h, u, raw_delta, A, B, C, D):
    return _read(h, u, C, D), selective_step(h, u, raw_delta, A, B, C, D)[1]


def _without_D(h, u, raw_delta, A, B, C, D):
    return selective_step(h, u, raw_delta, A, B, C, 0.0)


def _whole_input(h, u, raw_delta, A, B, C, D):
    kept = selective_step(h, 0.0, raw_delta, A, B, C, D)[1]
    h_new = [x + b * u for x, b in zip(kept, B)]
    return _read(h_new, u, C, D), h_new


def _fixed_decay(h, u, raw_delta, A, B, C, D):
    taken = selective_step([0.0] * len(h), u, raw_delta, A, B, C, D)[1]
    h_new = [math.exp(a) * x + t for x, a, t in zip(h, A, taken)]
    return _read(h_new, u, C, D), h_new


def _without_B(h, u, raw_delta, A, B, C, D):
    return selective_step(h, u, raw_delta, A, [1.0] * len(B), C, D)


def _without_C(h, u, raw_delta, A, B, C, D):
    return selective_step(h, u, raw_delta, A, B, [1.0] * len(C), D)


def _exponential_step(h, u, raw_delta, A, B, C, D):
    return _with_step(math.exp(raw_delta), h, u, A, B, C, D)


def _sigmoid_step(h, u, raw_delta, A, B, C, D):
    return _with_step(1 / (1 + math.exp(-raw_delta)), h, u, A, B, C, D)


def _in_base_two(h, u, raw_delta, A, B, C, D):
    return _with_step(math.log2(1 + math.exp(raw_delta)), h, u, A, B, C, D)


def _held_input(h, u, raw_delta, A, B, C, D):
    delta = math.log1p(math.exp(raw_delta))
    h_new = [math.exp(delta * a) * x + math.expm1(delta * a) / a * b * u for x, a, b in zip(h, A, B)]
    return _read(h_new, u, C, D), h_new


def _euler_decay(h, u, raw_delta, A, B, C, D):
    delta = math.log1p(math.exp(raw_delta))
    h_new = [(1 + delta * a) * x + delta * b * u for x, a, b in zip(h, A, B)]
    return _read(h_new, u, C, D), h_new


def _fades_the_input(h, u, raw_delta, A, B, C, D):
    delta = math.log1p(math.exp(raw_delta))
    h_new = [math.exp(delta * a) * (x + delta * b * u) for x, a, b in zip(h, A, B)]
    return _read(h_new, u, C, D), h_new


def _forgets_all(h, u, raw_delta, A, B, C, D):
    return selective_step([0.0] * len(h), u, raw_delta, A, B, C, D)


def _grows(h, u, raw_delta, A, B, C, D):
    return selective_step(h, u, raw_delta, [-a for a in A], B, C, D)


def _adds_d(h, u, raw_delta, A, B, C, D):
    y, h_new = selective_step(h, u, raw_delta, A, B, C, 0.0)
    return y + D, h_new


def _with_step(delta, h, u, A, B, C, D):
    return selective_step(h, u, math.log(math.expm1(delta)), A, B, C, D)


def _read(h, u, C, D):
    return sum(c * x for c, x in zip(C, h)) + D * u


_JUDGE = Numbers(
    solution=selective_step,
    names=("h", "u", "raw_delta", "A", "B", "C", "D"),
    parts=("y", "h_new"),
    mistakes=(
        (
            _without_softplus,
            "usas raw_delta tal cual: el paso es softplus(raw_delta) = log1p(exp(raw_delta)), positivo.",
        ),
        (_reads_the_old_state, "lees el estado de antes: y sale de h_new, que ya contiene la entrada."),
        (_without_D, "falta D · u, la parte de la entrada que va directa a la salida."),
        (_whole_input, "el estado toma B · u sin delta: así un paso corto no deja la entrada fuera."),
        (_fixed_decay, "el estado se desvanece con exp(A), sin delta: la entrada no decide cuánto se olvida."),
        (_exponential_step, "el paso es softplus(raw_delta) = log1p(exp(raw_delta)), no exp(raw_delta)."),
        (_sigmoid_step, "el paso es softplus(raw_delta), no la sigmoide, que no pasa de 1."),
        (_in_base_two, "softplus lleva el logaritmo natural, y usas el de base 2."),
        (_held_input, "usas el retenedor de orden cero; aquí la entrada toma la regla de Euler, delta · B · u."),
        (
            _euler_decay,
            "el estado se desvanece con exp(delta · A), no con 1 + delta · A: Euler es solo para la entrada.",
        ),
        (_fades_the_input, "desvaneces también lo que entra en este paso; solo se desvanece lo que ya había."),
        (_forgets_all, "falta el estado de antes, desvanecido: h_new no es solo lo que entra."),
        (_grows, "cambias el signo de A: el estado se multiplica por exp(delta · A)."),
        (_adds_d, "sumas D; a la salida va D · u."),
        (_without_B, "falta B, con la que la entrada llega al estado."),
        (_without_C, "falta C, con la que se lee el estado."),
    ),
)

EXERCISE = Exercise(
    # softplus(1) = 1.313262; 2 exp(-0.5 · 1.313262) + 1.313262 · 1.5 · 3 = 2 · 0.518595 + 5.909679 = 6.946868
    cases=(
        _JUDGE.case([2.0], 3.0, 1.0, [-0.5], [1.5], [-4.0], 0.0),
        _JUDGE.case([2.0], 3.0, 1.0, [-0.5], [1.5], [-4.0], 7.0),
        _JUDGE.case([1.0, -2.5, 0.5], -1.5, -1.75, [-1.0, -3.0, 0.25], [3.0, 1.0, -2.5], [1.0, -0.5, 5.0], -2.5),
    ),
    hints=(
        "Son tres pasos: del número raw_delta al paso delta, del estado h a h_new, y de h_new a la salida y.",
        "delta = math.log1p(math.exp(raw_delta)). Cada estado se multiplica por exp(delta · A[n]); después se le suma "
        "delta · B[n] · u.",
        "y es la suma de C[n] · h_new[n], más D · u.",
    ),
    solution=selective_step,
    wrong=named(_JUDGE.mistakes),
)
