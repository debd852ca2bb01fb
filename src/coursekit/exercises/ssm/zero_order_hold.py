"""Exercise: from continuous time to steps, with the input held during each step (zero-order hold)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


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


def _without_delta(a, b, delta):
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


def _grows(a, b, delta):
    return zero_order_hold(abs(a), b, delta)


def _one_second(a, b, delta):
    return zero_order_hold(a, b, 1.0)


def _trapezoid(a, b, delta):
    return math.exp(delta * a), delta * b * (1 + math.exp(delta * a)) / 2


def _bilinear(a, b, delta):
    return (1 + delta * a / 2) / (1 - delta * a / 2), delta * b / (1 - delta * a / 2)


def _as_a_gate(a, b, delta):
    return math.exp(delta * a), (1 - math.exp(delta * a)) * b


def _nothing_if_zero(a, b, delta):
    return zero_order_hold(a, b, delta) if a else (1.0, 0.0)


def _division_by_zero(a, b, delta):
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
        (
            _euler_for_b,
            "b_bar es la del Euler exponencial, delta · b: así lo hace mamba_ssm, pero no es el retenedor.",
        ),
        (_nothing_if_zero, "con a = 0 la entrada sí entra: sin desvanecerse, durante todo el paso."),
        (_one_second, "no usas delta: el paso puede durar más o menos que 1."),
        (_trapezoid, "b_bar es la regla del trapecio; con la entrada fija hay una fórmula exacta."),
        (_bilinear, "es la regla bilineal; el retenedor de orden cero lleva una exponencial."),
        (_as_a_gate, "1 - exp(delta · a) solo sirve si a = -1: es (exp(delta · a) - 1) / a."),
        (_without_b, "falta b: b_bar es proporcional a b."),
        (_without_delta, "b_bar es (exp(delta · a) - 1) / (delta · a) · b: falta el delta de delta · b."),
        (_wrong_sign, "b_bar tiene el signo cambiado: es exp(delta · a) - 1, no 1 - exp(delta · a), entre a."),
        (_without_division, "a b_bar le falta dividir entre a: la integral de exp(a · s) es (exp(delta · a) - 1) / a."),
        (_grows, "cambias el signo de a: si es negativa, el estado se desvanece y a_bar no llega a 1."),
        (_always_fades, "haces negativa la a: si a es positiva, el estado crece y a_bar pasa de 1."),
        (
            _division_by_zero,
            "divides entre a, que vale 0: entonces nada se desvanece y la entrada se suma durante todo el paso.",
        ),
    ),
)

EXERCISE = Exercise(
    # exp(-0.6) = 0.548812 and (0.548812 - 1) / -2 · 3 = 0.676783; Euler: 0.4 and 0.9
    cases=(
        _JUDGE.case(-2.0, 3.0, 0.3),
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
    wrong=named(_JUDGE.mistakes),
)
