"""Exercise: Kneser and Ney's probability of a word after another, with one discount."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def kneser_ney(pairs, previous, word, discount):
    """What is left of the pair's own count, and the rest by how many words the word has followed."""
    followers = [count for (before, _), count in pairs.items() if before == previous]
    lower = sum(after == word for _, after in pairs) / len(pairs)
    if not followers:
        return lower
    total = sum(followers)
    own = max(pairs.get((previous, word), 0) - discount, 0) / total
    return own + discount * len(followers) / total * lower


def _parts(pairs, previous, word, discount):
    followers = [count for (before, _), count in pairs.items() if before == previous]
    own = max(pairs.get((previous, word), 0) - discount, 0)
    return followers, own, sum(after == word for _, after in pairs) / len(pairs)


def _by_counts(pairs, previous, word, discount):
    followers, own, _ = _parts(pairs, previous, word, discount)
    lower = sum(count for (_, after), count in pairs.items() if after == word) / sum(pairs.values())
    return own / sum(followers) + discount * len(followers) / sum(followers) * lower if followers else lower


def _precedes(pairs, previous, word, discount):
    followers, own, _ = _parts(pairs, previous, word, discount)
    lower = sum(before == word for before, _ in pairs) / len(pairs)
    return own / sum(followers) + discount * len(followers) / sum(followers) * lower if followers else lower


def _keeps_all(pairs, previous, word, discount):
    followers, _, lower = _parts(pairs, previous, word, discount)
    if not followers:
        return lower
    return (pairs.get((previous, word), 0) + discount * len(followers) * lower) / sum(followers)


def _below_zero(pairs, previous, word, discount):
    followers, _, lower = _parts(pairs, previous, word, discount)
    if not followers:
        return lower
    return (pairs.get((previous, word), 0) - discount + discount * len(followers) * lower) / sum(followers)


def _one_discount_is_shared(pairs, previous, word, discount):
    followers, own, lower = _parts(pairs, previous, word, discount)
    return (own + discount * lower) / sum(followers) if followers else lower


def _falls_back_only(pairs, previous, word, discount):
    followers, own, lower = _parts(pairs, previous, word, discount)
    if not followers:
        return lower
    return own / sum(followers) if own else discount * len(followers) / sum(followers) * lower


def _new_is_zero(pairs, previous, word, discount):
    followers, own, lower = _parts(pairs, previous, word, discount)
    return (own + discount * len(followers) * lower) / sum(followers) if followers else 0.0


def _divides_by_none(pairs, previous, word, discount):
    followers, own, lower = _parts(pairs, previous, word, discount)
    return (own + discount * len(followers) * lower) / sum(followers)


_MISTAKES = (
    (_by_counts, "la última fracción cuenta veces: cuenta a cuántas palabras distintas siguió."),
    (_precedes, "cuentas las palabras que siguen a word: hacen falta las distintas a las que word siguió."),
    (_keeps_all, "no quitas el descuento a las veces de la pareja: así las probabilidades suman más de uno."),
    (_below_zero, "a una pareja que no salió no se le quita nada: el máximo con cero."),
    (_one_discount_is_shared, "repartes un solo descuento: se quitó uno por cada palabra distinta que siguió, N(v)."),
    (_falls_back_only, "das la segunda parte solo a las parejas que no salieron: se suma a todas."),
    (_new_is_zero, "detrás de una palabra que no se ha visto queda la última fracción, no cero."),
    (
        _divides_by_none,
        "una palabra que no se ha visto no tiene veces entre las que dividir: queda la última fracción.",
    ),
)
_KN = Numbers(kneser_ney, ("pairs", "previous", "word", "discount"), ("probabilidad",), _MISTAKES)
_PAIRS = {
    ("el", "gato"): 3,
    ("el", "pez"): 1,
    ("un", "gato"): 1,
    ("un", "gran"): 2,
    ("gato", "gran"): 4,
    ("gran", "gato"): 2,
}

EXERCISE = Exercise(
    cases=(
        # (3 - 0.5) / 4 + 0.5 * 2 / 4 * 3 / 6
        _KN.case(_PAIRS, "el", "gato", 0.5),
        _KN.case(_PAIRS, "el", "gran", 0.75),
        _KN.case(_PAIRS, "un", "pez", 0.5),
        _KN.case(_PAIRS, "pez", "gato", 0.5),
        _KN.case({**_PAIRS, ("un", "pez"): 1, ("gran", "pez"): 7}, "un", "pez", 0.6),
    ),
    hints=(
        "Son dos partes que se suman: lo que le queda a la pareja y algo de lo que se quitó a todas.",
        "N(v): cuántas parejas empiezan por previous. Vecinas: cuántas acaban en word. Distintas: len(pairs).",
        "max(pairs.get((previous, word), 0) - discount, 0) / total + discount * N / total * vecinas / len(pairs)",
    ),
    solution=kneser_ney,
    wrong={
        "by counts": _by_counts,
        "precedes": _precedes,
        "keeps all": _keeps_all,
        "below zero": _below_zero,
        "one discount is shared": _one_discount_is_shared,
        "falls back only": _falls_back_only,
        "new is zero": _new_is_zero,
        "divides by none": _divides_by_none,
    },
)
