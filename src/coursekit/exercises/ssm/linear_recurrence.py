"""Exercise: do two steps of a linear recurrence at once (the operation of the associative scan)."""

from coursekit.exercises.answers import is_number, plain, returned
from coursekit.exercises.checking import Exercise, Wrong
from coursekit.exercises.numeric import Numbers, named


def combine(first, second):
    """The step (a, b), h -> a h + b, that does `first` and then `second`."""
    a1, b1 = first
    a2, b2 = second
    return a2 * a1, a2 * b1 + b2


def _swapped(first, second):
    return combine(second, first)


def _without_fading(first, second):
    return first[0] * second[0], first[1] + second[1]


def _fades_twice(first, second):
    return first[0] * second[0], first[0] * second[0] * first[1] + second[1]


def _adds_the_decays(first, second):
    return first[0] + second[0], combine(first, second)[1]


def _last_decay(first, second):
    return second[0], combine(first, second)[1]


def _absolute(first, second):
    return abs(second[0] * first[0]), abs(second[0]) * first[1] + second[1]


def _without_the_first(first, second):
    return first[0] * second[0], second[1]


def _multiplied(first, second):
    return first[0] * second[0], first[1] * second[1]


def _both_fade(first, second):
    return first[0] * second[0], second[0] * (first[1] + second[1])


def _first_decay(first, second):
    return first[0], combine(first, second)[1]


def _states(combine, steps):
    """All the states from h = 0, in rounds: each step takes in the one 1, 2, 4, ... places before it."""
    reach = 1
    while reach < len(steps):
        steps = steps[:reach] + [_pair(combine(*pair), *pair) for pair in zip(steps, steps[reach:])]
        reach *= 2
    return [b for _, b in steps]


def _pair(answer, first, second):
    pair = plain(answer)
    if not isinstance(pair, list) or len(pair) != 2 or not all(map(is_number, pair)):
        raise Wrong(f"al unir first = {first} y second = {second} se esperaba una tupla (a, b) y {returned(answer)}")
    return tuple(pair)


_MISTAKES = (
    (_swapped, "juntas los pasos en el orden contrario: first va antes, así que es su b la que se multiplica por a2."),
    (_without_fading, "sumas b1 y b2 tal cual, y b1 pasa por el segundo paso."),
    (_fades_twice, "multiplicas b1 también por a1: b1 entra en el primer paso, así que solo pasa por el segundo."),
    (_adds_the_decays, "sumas los factores a1 y a2: h pasa por los dos, uno detrás de otro."),
    (_last_decay, "das el factor del segundo paso: h pasa por los dos."),
    (_first_decay, "das el factor del primer paso: h pasa por los dos."),
    (_without_the_first, "pierdes b1: llega al final multiplicado por a2."),
    (_multiplied, "multiplicas b1 por b2; lo que entra en cada paso se suma."),
    (_both_fade, "multiplicas también b2 por a2: b2 entra al final, y nada la multiplica."),
    (_absolute, "usas el valor absoluto de a: un factor negativo cambia el signo de lo que multiplica."),
)
_PAIR = Numbers(combine, ("first", "second"), ("a", "b"), _MISTAKES)
_SCAN = Numbers(combine, ("steps",), ("h",), _MISTAKES)

EXERCISE = Exercise(
    # h -> 2 h + 5 and then h -> 3 h + 4: 3 (2 h + 5) + 4 = 6 h + 19
    cases=(
        _PAIR.case((2.0, 5.0), (3.0, 4.0)),
        _PAIR.case((-0.5, -1.5), (-3.0, 4.0)),
        _SCAN.case([(0.5, 1.0), (0.25, 2.0), (2.0, -1.0)], run=_states),
        _SCAN.case([(0.9, 1.0), (-0.5, 0.0), (0.0, 3.0), (1.0, 1.0), (-0.8, -2.0)], run=_states),
    ),
    hints=(
        "Cada par es una función, h → a · h + b. Aplica la primera a h y la segunda al resultado.",
        "a2 · (a1 · h + b1) + b2: quita el paréntesis y agrupa lo que multiplica a h.",
        "El factor es a2 · a1 y lo que se suma, a2 · b1 + b2.",
    ),
    solution=combine,
    wrong=named(_MISTAKES),
)
