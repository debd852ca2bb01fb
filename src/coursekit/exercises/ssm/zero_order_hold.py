"""Exercise: from continuous time to steps, with the input held during each step (zero-order hold)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def zero_order_hold(a, b, delta):
    """(a_bar, b_bar) of h' = a h + b u, so that h_t = a_bar h_{t-1} + b_bar u_t is exact if u is held for delta."""
    a_bar = math.exp(delta * a)
    b_bar = math.expm1(delta * a) / a * b if a else delta * b
    return a_bar, b_bar


def _euler_for_a(a, b, delta):
    return 1 + delta * a, zero_order_hold(a, b, delta)[1]


def _euler_for_b(a, b, delta):
    return math.exp(delta * a), delta * b


def _without_b(a, b, delta):
    return zero_order_hold(a, 1.0, delta)


def _mean_decay(a, b, delta):
    a_bar, b_bar = zero_order_hold(a, b, delta)
    return a_bar, b_bar / delta


def _wrong_sign(a, b, delta):
    a_bar, b_bar = zero_order_hold(a, b, delta)
    return a_bar, -b_bar


def _without_division(a, b, delta):
    a_bar, b_bar = zero_order_hold(a, b, delta)
    return a_bar, b_bar * a


def _always_fades(a, b, delta):
    return zero_order_hold(-abs(a), b, delta)


def _by_zero(a, b, delta):
    return math.exp(delta * a), (math.exp(delta * a) - 1) / a * b


_JUDGE = Numbers(
    solution=zero_order_hold,
    names=("a", "b", "delta"),
    parts=("a_bar", "b_bar"),
    mistakes=(
        (
            _euler_for_a,
            "a_bar es la regla de Euler, 1 + delta · a: solo se parece a exp(delta · a) si el paso es corto.",
        ),
        (_euler_for_b, "b_bar es la del Euler exponencial, delta · b: así lo hace mamba_ssm, pero no es el retenedor."),
        (_without_b, "falta b: b_bar es proporcional a b."),
        (_mean_decay, "b_bar es (exp(delta · a) - 1) / (delta · a) · b: falta el delta de delta · b."),
        (_wrong_sign, "b_bar tiene el signo cambiado: es exp(delta · a) - 1, no 1 - exp(delta · a), entre a."),
        (_without_division, "a b_bar le falta dividir entre a: la integral de exp(a · s) es (exp(delta · a) - 1) / a."),
        (_always_fades, "haces negativa la a: si a es positiva, el estado crece y a_bar pasa de 1."),
        (
            _by_zero,
            "divides entre a, que vale 0: entonces nada se desvanece y la entrada se suma durante todo el paso.",
        ),
    ),
)

EXERCISE = Exercise(
    # exp(-0.5) = 0.606531 and (0.606531 - 1) / -2 · 3 = 0.590204; Euler: 0.5 and 0.75
    cases=(
        _JUDGE.case(-2.0, 3.0, 0.25),
        _JUDGE.case(0.5, 3.0, 1.5),
        _JUDGE.case(-4.0, -0.5, 2.0),
        _JUDGE.case(0.0, -2.5, 0.25),
    ),
    hints=(
        "Sin entrada, h' = a h se resuelve con una exponencial: eso da a_bar. Con la entrada fija, suma lo que entra.",
        "Lo que entra en cada instante se desvanece hasta el final del paso: b_bar es la integral de exp(a · s) · b.",
        "a_bar = exp(delta · a) y b_bar = (exp(delta · a) - 1) / a · b. Si a = 0, la integral es delta · b.",
    ),
    solution=zero_order_hold,
    wrong={
        "euler for a": _euler_for_a,
        "euler for b": _euler_for_b,
        "without b": _without_b,
        "without delta": _mean_decay,
        "wrong sign": _wrong_sign,
        "without division": _without_division,
        "always fades": _always_fades,
        "division by zero": _by_zero,
    },
)
