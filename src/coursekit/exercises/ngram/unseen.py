"""Exercise: how much probability is left for n-grams that were never seen (Good and Turing)."""

from collections import Counter

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def unseen(text, n):
    """The part of the n-grams of a text that occur once."""
    grams = [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]
    once = sum(count == 1 for count in Counter(grams).values())
    return once / len(grams) if grams else 1


def _grams(text, n):
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def _once(counts):
    return sum(count == 1 for count in counts.values())


def _of_the_different_ones(text, n):
    counts = _grams(text, n)
    return _once(counts) / len(counts) if counts else 1


def _of_the_words(text, n):
    return _once(_grams(text, n)) / len(text)


def _side_by_side(text, n):
    counts = Counter(tuple(text[i : i + n]) for i in range(0, len(text) - n + 1, n))
    return _once(counts) / sum(counts.values()) if counts else 1


def _without_the_last(text, n):
    counts = Counter(tuple(text[i : i + n]) for i in range(len(text) - n))
    return _once(counts) / sum(counts.values()) if counts else 1


def _different_part(text, n):
    counts = _grams(text, n)
    return len(counts) / sum(counts.values()) if counts else 1


def _words_alone(text, n):
    return unseen(text, 1)


def _nothing_is_none(text, n):
    return unseen(text, n) if _grams(text, n) else 0


def _divides_by_none(text, n):
    counts = _grams(text, n)
    return _once(counts) / sum(counts.values())


_MISTAKES = (
    (_of_the_different_ones, "divides entre los n-gramas distintos: se divide entre todos, repetidos incluidos."),
    (_words_alone, "cuentas palabras sueltas: cada n-grama son n palabras seguidas."),
    (_side_by_side, "los n-gramas se solapan: empieza uno en cada palabra, no cada n palabras."),
    (_without_the_last, "te dejas el último n-grama: hay len(text) - n + 1."),
    (_nothing_is_none, "en un texto sin n-gramas todo lo que venga es nuevo: la probabilidad es 1."),
    (_of_the_words, "divides entre las palabras: se divide entre los n-gramas, que son menos."),
    (_different_part, "cuentas los distintos: los que importan son los que salieron una sola vez."),
    (_divides_by_none, "un texto con menos de n palabras no tiene n-gramas: devuelve 1."),
)
_UNSEEN = Numbers(unseen, ("text", "n"), ("probabilidad",), _MISTAKES)

EXERCISE = Exercise(
    # ab ba ac ca ab bd: six pairs, four of them once
    cases=(
        _UNSEEN.case(["a", "b", "a", "c", "a", "b", "d"], 2),
        _UNSEEN.case(["a", "b", "a", "c", "a", "a", "d"], 1),
        _UNSEEN.case(["a", "b", "c", "a", "b", "c", "d", "a"], 3),
        _UNSEEN.case(["a", "b", "c", "a", "b", "d", "a"], 2),
        _UNSEEN.case(["a", "b"], 3),
        _UNSEEN.case(["a", "b"], 2),
    ),
    hints=(
        "Haz la lista de todos los n-gramas, con los repetidos, y cuenta cuántas veces sale cada uno.",
        "Counter(lista).values() son las veces; de ellas importan las que valen 1.",
        "Cada uno es tuple(text[i : i + n]), con i en range(len(text) - n + 1); luego, los de una vez entre todos.",
    ),
    solution=unseen,
    wrong={
        "of the different ones": _of_the_different_ones,
        "of the words": _of_the_words,
        "side by side": _side_by_side,
        "without the last": _without_the_last,
        "different part": _different_part,
        "words alone": _words_alone,
        "nothing is none": _nothing_is_none,
        "divides by none": _divides_by_none,
    },
)
