"""Exercise: turn a query according to its position (rotary position embedding)."""

import math

from coursekit.exercises.answers import is_number, plain, returned
from coursekit.exercises.checking import Case, Exercise
from coursekit.exercises.numeric import close, first_difference, named


def rope_rotate(x, position, base=10000.0):
    """Turn the pair (x[i], x[i + D/2]) by the angle position * base^(-2i/D); x is a list of D floats."""
    half = len(x) // 2
    turned = [0.0] * len(x)
    for i in range(half):
        angle = position * base ** (-2 * i / len(x))
        a, b = x[i], x[i + half]
        turned[i] = a * math.cos(angle) - b * math.sin(angle)
        turned[i + half] = b * math.cos(angle) + a * math.sin(angle)
    return turned


def _neighbouring_channels(x, position, base=10000.0):
    half = len(x) // 2
    turned = rope_rotate(x[0::2] + x[1::2], position, base)
    return [value for pair in zip(turned[:half], turned[half:]) for value in pair]


def _one_frequency(x, position, base=10000.0):
    return rope_rotate(x, position, base=1.0)


def _exponent_without_the_two(x, position, base=10000.0):
    return rope_rotate(x, position, math.sqrt(base))


def _the_other_way(x, position, base=10000.0):
    return rope_rotate(x, -position, base)


def _same_sign_twice(x, position, base=10000.0):
    half = len(x) // 2
    return rope_rotate(x, position, base)[:half] + rope_rotate(x, -position, base)[half:]


def _exponent_over_half(x, position, base=10000.0):
    return rope_rotate(x, position, base**2)


def _growing_frequencies(x, position, base=10000.0):
    return rope_rotate(x, position, 1 / base)


def _in_degrees(x, position, base=10000.0):
    return rope_rotate(x, math.radians(position), base)


def _interleaved(x, position, base=10000.0):
    turned = rope_rotate(x, position, base)
    return [value for pair in zip(turned[: len(x) // 2], turned[len(x) // 2 :]) for value in pair]


def _deaf_to_base(x, position, base=10000.0):
    return rope_rotate(x, position)


_MESSAGES = (
    (_the_other_way, "giras al revés: el seno va con signo menos en la primera mitad y con signo más en la segunda."),
    (_neighbouring_channels, "giras los canales vecinos (2i y 2i + 1); aquí el par i son los canales i e i + D/2."),
    (_one_frequency, "giras todos los pares el mismo ángulo; el del par i es position · base^(-2i/D)."),
    (_exponent_without_the_two, "el exponente es -2i/D y usas -i/D."),
    (_exponent_over_half, "el exponente es -2i/D, con D el tamaño de x entero, no su mitad."),
    (_growing_frequencies, "el exponente va con signo menos: los pares giran cada vez más despacio."),
    (_in_degrees, "tomas el ángulo por grados; está en radianes, como los quieren math.cos y math.sin."),
    (_interleaved, "devuelves los pares uno tras otro; primero van todos los x[i] girados y después los x[i + D/2]."),
    (_deaf_to_base, "no usas el argumento base."),
)


def _not_a_vector(answer, size):
    """What is wrong with an answer that is no list of so many numbers."""
    vector = plain(answer)
    fits = isinstance(vector, list) and len(vector) == size and all(map(is_number, vector))
    return None if fits else f"se esperaba una lista de {size} números y {returned(answer)}"


def _exact(*arguments):
    x, wanted = arguments[0], rope_rotate(*arguments)

    def problem(answer):
        if mismatch := _not_a_vector(answer, len(x)):
            return mismatch
        turned = plain(answer)
        if close(turned, wanted):
            return None
        for mistake, message in _MESSAGES:
            if close(turned, mistake(*arguments)):
                return message
        place, got, right = first_difference(turned, wanted)
        return f"en el canal {place.strip('[]')} se esperaba {right:.4f} y devuelve {got:.4f}."

    return Case(arguments, problem, shown=", ".join(f"{n} = {a}" for n, a in zip(("x", "position", "base"), arguments)))


def _relative(query, m, key, n):
    """The match of a query in m and a key in n must be that of the same two, both one place further on."""

    def run(rotate, query, m, key, n):
        return [rotate(list(x), p) for x, p in ((query, m), (key, n), (query, m + 1), (key, n + 1))]

    def problem(answer):
        for vector in answer:
            if mismatch := _not_a_vector(vector, len(query)):
                return mismatch
        vectors = plain(answer)
        here, further_on = (sum(a * b for a, b in zip(q, k)) for q, k in (vectors[:2], vectors[2:]))
        if close([here, 1.0], [further_on, 1.0]):  # 1: the lengths of the vectors
            return None
        return (
            f"su producto es {here:.4f}, y con ambas posiciones una más allá, {further_on:.4f}: debe depender solo de "
            "la diferencia. Lo que haces con cada par no es un giro; revisa los signos, y que el segundo canal no use "
            "el primero ya girado."
        )

    return Case((query, m, key, n), problem, f"consulta {query} en la posición {m} y clave {key} en la {n}", run)


EXERCISE = Exercise(
    cases=(
        _relative([1.0, 0.0], 1, [0.0, 1.0], 0),
        _exact([1.0, 2.0], 1),
        _exact([1.0, 2.0, 3.0, 4.0], 1),
        _exact([1.0, -2.5, 0.5, 3.0, 0.0, -1.5], 7, 500.0),
    ),
    hints=(
        "El par i lo forman x[i] y x[i + D/2], con i de 0 a D/2 - 1: se gira como un punto del plano.",
        "Cada par gira a su ritmo: su ángulo es position · base^(-2i/D). El par 0 es el más rápido.",
        "Girar (a, b) un ángulo t da (a · cos t - b · sen t, b · cos t + a · sen t), con math.cos y math.sin.",
    ),
    solution=rope_rotate,
    wrong=named((*_MESSAGES, (_same_sign_twice, ""))),
)
