"""Exercise: how many operations, one after another, lie between two words."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def path_length(kind, distance, kernel=3):
    """Steps of a recurrence, layers of causal convolutions, or one look."""
    if kind == "recurrence":
        return distance
    if kind == "attention":
        return min(distance, 1)
    return -(-distance // (kernel - 1))


def _whole_kernel(kind, distance, kernel=3):
    return math.ceil(distance / kernel) if kind == "convolution" else path_length(kind, distance)


def _rounds_down(kind, distance, kernel=3):
    return distance // (kernel - 1) if kind == "convolution" else path_length(kind, distance)


def _one_too_many(kind, distance, kernel=3):
    return distance // (kernel - 1) + 1 if kind == "convolution" else path_length(kind, distance)


def _dilated(kind, distance, kernel=3):
    if kind != "convolution" or not distance:
        return path_length(kind, distance)
    return math.ceil(math.log(distance, kernel))


def _between(kind, distance, kernel=3):
    return max(0, distance - 1) if kind == "recurrence" else path_length(kind, distance, kernel)


def _always_looks(kind, distance, kernel=3):
    return 1 if kind == "attention" else path_length(kind, distance, kernel)


def _all_pairs(kind, distance, kernel=3):
    return distance if kind == "attention" else path_length(kind, distance, kernel)


def _three(kind, distance, kernel=3):
    return path_length(kind, distance)


_MISTAKES = (
    (_whole_kernel, "una capa de kernel palabras llega kernel - 1 más atrás: la otra es la propia."),
    (_rounds_down, "redondeas hacia abajo: si sobra una palabra, hace falta otra capa."),
    (_one_too_many, "sumas una capa siempre: cuando la división es exacta, sobra."),
    (_dilated, "ese logaritmo es de convoluciones dilatadas: aquí cada capa avanza lo mismo."),
    (_between, "cuentas las palabras de en medio: de una palabra a la siguiente ya hay un paso."),
    (_always_looks, "con distancia cero no hay que ir a ninguna parte: ninguna operación."),
    (_all_pairs, "la atención mira a todas a la vez: una operación, esté donde esté."),
    (_three, "no usas kernel: no siempre son tres palabras."),
)
_PATH = Numbers(path_length, ("kind", "distance", "kernel"), ("operaciones",), _MISTAKES)

EXERCISE = Exercise(
    cases=(
        _PATH.case("recurrence", 5, 3),
        _PATH.case("attention", 5, 3),
        _PATH.case("attention", 0, 3),
        _PATH.case("convolution", 17, 3),
        _PATH.case("convolution", 8, 5),
        _PATH.case("convolution", 41, 4),
        _PATH.case("convolution", 0, 4),
        _PATH.case("recurrence", 0, 3),
        _PATH.case("recurrence", 2, 7),
    ),
    hints=(
        "La recurrencia va de palabra en palabra; la atención, de una vez; la convolución, kernel - 1 por capa.",
        "Capas: distance entre kernel - 1, redondeado hacia arriba. Con distancia cero, nadie se mueve.",
        "math.ceil(distance / (kernel - 1)) para la convolución; min(distance, 1) para la atención.",
    ),
    solution=path_length,
    wrong={
        "whole kernel": _whole_kernel,
        "rounds down": _rounds_down,
        "one too many": _one_too_many,
        "dilated": _dilated,
        "between": _between,
        "always looks": _always_looks,
        "all pairs": _all_pairs,
        "three": _three,
    },
)
