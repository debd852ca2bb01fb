"""When it happens, and what happens on the way, told of one person or of two (their gender and number)."""

from coursekit.corpus.rules.phrases import (
    ANIMATE,
    REGIONS,
    adjective,
    definite,
    description,
    indefinite,
    look,
    modified,
    one_of,
    place,
    simple_look,
    zipf,
)

_WEATHER = {  # verbs that fit the season, and what follows «hacía»
    None: (("llovía",), ("viento", "frío")),
    "primavera": (("llovía",), ("viento",)),
    "verano": ((), ("calor", "viento")),
    "otoño": (("llovía",), ("viento", "frío")),
    "invierno": (("nevaba", "llovía"), ("frío", "viento")),
}


def time(lexicon):
    """una tarde de otoño en que llovía: the weather fits the season and the hour."""
    return [(3, "una", (hour, ("mañana", "tarde", "noche"))), (3, "un", (hour, lexicon.phrases["days"]))]


def hour(lexicon, words):
    return [(w, word, (season, "noche" if word == "noche" else "día")) for w, word in zipf(words)]


def season(lexicon, moment):
    """An optional season, then optional weather."""
    return [(3, (weather, moment, None)), (2, "de", (which_season, moment))]


def which_season(lexicon, moment):
    return [(w, name, (weather, moment, name)) for w, name in zipf(lexicon.phrases["seasons"])]


def weather(lexicon, moment, when):
    return [(4,), (1, "en que", (sky, moment, when))]


def sky(lexicon, moment, when):
    verbs, felt = _WEATHER[when]
    shining = "brillaba la luna" if moment == "noche" else "brillaba el sol"
    return [(2, shining), *((1, verb) for verb in verbs), (2, "hacía", (one_of, tuple(zipf(felt))))]


def interlude(lexicon, gender, number):
    """An optional scene."""
    return [(1,), (1, (scene, gender, number))]


def scene(lexicon, gender, number):
    """One sentence between the meeting and the end; those under way are not named in it."""

    def verbs(text, *then):
        return [(2 * w, lexicon.verb(lemma, number), *then) for w, lemma in zipf(text.split())]

    someone = (indefinite, ANIMATE, "sp", (modified, 1))
    something = (indefinite, ("things",), "sp", (listed,))
    return [
        (6, (description, "past", 2), "."),
        (2, (place,), (presence,), "."),
        (1, "de repente", (sudden, gender, number), "."),
        *verbs("vio saludó ayudó", "a", someone, "."),
        *verbs("encontró buscó", something, "."),
        *verbs("corrió", "hasta", (definite, "", REGIONS, "s"), (tired, gender, number), "."),
    ]


def presence(lexicon):
    """En el molino dormían unas ovejas: the verb announces the number of what follows."""
    alternatives = [(2, "había", (indefinite, ANIMATE, "sp", (modified, 1)))]
    for w, lemma in zipf(("dormía", "cantaba", "jugaba", "bailaba")):
        alternatives += [(2 * w, lexicon.verb(lemma, n), (indefinite, ANIMATE, n, (look,))) for n in "sp"]
    return alternatives


def listed(lexicon, kind, gender, number, head):
    """un tambor rojo, unas llaves y un reloj: after the first thing, one or two others may follow."""
    first = (simple_look, gender, number)
    return [(1, first, (others, (head,)))]


def others(lexicon, named):
    last = ("y", (indefinite, ("things",), "sp", (listed_last,), named))
    if len(named) == 2:
        return [(1, *last)]
    return [(2,), (1, ",", (indefinite, ("things",), "sp", (listed_second, named), named)), (1, *last)]


def listed_second(lexicon, named, kind, gender, number, head):
    return [(1, (simple_look, gender, number), (others, (*named, head)))]


def listed_last(lexicon, kind, gender, number, head):
    return [(1, (simple_look, gender, number))]


def sudden(lexicon, gender, number):
    run = lexicon.verb("corrió", number)
    return [(1, "llovió y", run, "hasta", (definite, "", REGIONS, "s"), (mood, gender, number))]


def mood(lexicon, gender, number):
    """An optional afterthought that agrees with those who ran, not with the place they ran to."""
    wet, joy = (adjective, "wet", gender, number), (adjective, "joys", gender, number)
    return [(1,), (1, ",", wet, "pero", joy)]


def tired(lexicon, gender, number):
    return [(1,), (1, ",", (adjective, "moods", gender, number))]
