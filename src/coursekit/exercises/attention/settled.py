"""Exercise: from which layer on does the answer stay as it is? (reading a logit lens)."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def settled(answers):
    """The first layer from which the answer is the last one and stays so; `answers` has one a layer."""
    layer = len(answers) - 1
    while layer > 0 and answers[layer - 1] == answers[-1]:
        layer -= 1
    return layer


def _first_appearance(answers):
    return answers.index(answers[-1])


def _last_other(answers):
    return settled(answers) - 1


def _the_last_layer(answers):
    return len(answers) - 1


def _how_many(answers):
    return len(answers) - settled(answers)


def _from_one(answers):
    return settled(answers) + 1


def _first_repeat(answers):
    return next((i for i, (a, b) in enumerate(zip(answers, answers[1:])) if a == b), len(answers) - 1)


_JUDGE = Numbers(
    solution=settled,
    names=("answers",),
    parts=("capa",),
    mistakes=(
        (_first_appearance, "es donde la respuesta aparece por primera vez; después cambia, y vuelve."),
        (_last_other, "esa es la última que responde otra cosa; se pide la siguiente."),
        (_the_last_layer, "esa es la última capa; la respuesta puede estar decidida antes."),
        (_how_many, "cuentas en cuántas capas se mantiene; se pide desde cuál."),
        (_from_one, "cuentas desde uno; el primer elemento de la lista es el 0."),
        (_first_repeat, "es la primera respuesta que se repite; puede cambiar después."),
    ),
)

_WORDS = ["Sol", "Sol", "Madrid", "el", "la", "el", "Madrid", "Madrid", "Madrid"]

EXERCISE = Exercise(
    # the last answer stands from place 6 on; it came first in place 2, 5 is the last other, it holds for 3
    cases=(
        _JUDGE.case(_WORDS),
        _JUDGE.case(["Madrid"]),
        _JUDGE.case(["Madrid", "Madrid", "Madrid"]),
        _JUDGE.case(["la", "la", "Madrid"]),
    ),
    hints=(
        "La primera aparición no basta: la respuesta puede irse y volver. Prueba a recorrer la lista desde el final.",
        "Retrocede mientras la respuesta anterior sea igual a la última; párate en el principio de la lista.",
        "layer = len(answers) - 1; mientras layer > 0 y answers[layer - 1] == answers[-1], resta uno.",
    ),
    solution=settled,
    wrong={
        "first appearance": _first_appearance,
        "the last other": _last_other,
        "the last layer": _the_last_layer,
        "how many": _how_many,
        "from one": _from_one,
        "the first repeat": _first_repeat,
    },
)
