"""The start of a story: who it is about, where, when, and whom or what the hero meets.

A pet or a home named here returns after the plot, from the stack of the grammar: nothing in between knows of it.
"""

from coursekit.corpus.morphology import DEFINITE, INDEFINITE
from coursekit.corpus.rules.phrases import (
    REGIONS,
    adjective,
    definite,
    indefinite,
    look,
    one_of,
    phrase,
    spot,
    zipf,
)
from coursekit.corpus.rules.plot import alone, plot
from coursekit.corpus.rules.scenes import time

GENDERS = ("f", "m")


def _names(lexicon, but=None):
    """(weight, name) of everybody, half of them women."""
    return [(w, name) for g in GENDERS for w, name in _of_gender(lexicon, g, but)]


def _of_gender(lexicon, gender, but=None):
    """Names are flatter than other lists: rank r has a weight of 1 / (r + 8)."""
    names = lexicon.names[gender]
    return [(1 / (rank + 8), name) for rank, name in enumerate(names) if name != but]


def story(lexicon):
    """Two stories in three start with a name, the others in the manner of tales."""
    everybody = _names(lexicon)
    share = 6 / sum(w for w, _ in everybody)
    return [
        (1.5, "había una vez", (hero, introduction)),
        (0.8, "érase una vez", (hero, introduction)),
        (0.8, "hace mucho tiempo vivía en", (definite, "", REGIONS, "s"), (hero, settled)),
        *((share * w, name, (portrait, name)) for w, name in everybody),
    ]


def portrait(lexicon, name):
    return [
        (3, "era", (somebody, lexicon.gender[name]), (introduction, name, "y")),
        (2, (belonging, name)),
    ]


def somebody(lexicon, gender):
    return [(1, INDEFINITE[gender, "s"], (occupation, gender), (trait, gender))]


def hero(lexicon, then):
    return [(1, INDEFINITE[g, "s"], (occupation, g), (trait, g), (called, g, then)) for g in GENDERS]


def occupation(lexicon, gender):
    return [(w, pair["fm".index(gender)]) for w, pair in zipf(lexicon.pairs["heroes"])]


def trait(lexicon, gender):
    return [(1,), (2, (adjective, "traits", gender, "s")), (1, "muy", (adjective, "traits", gender, "s"))]


def called(lexicon, gender, then):
    """que se llamaba Ana y tenía un gato, llamada Ana que tenía un gato."""
    participle = "llamada" if gender == "f" else "llamado"
    return [(1, "que se llamaba", (naming, gender, then, "y")), (1, participle, (naming, gender, then, "que"))]


def naming(lexicon, gender, then, joint):
    return [(w, name, (then, name, joint)) for w, name in _of_gender(lexicon, gender)]


def settled(lexicon, name, joint):
    return [(1, ".", (adventure, name))]


def introduction(lexicon, name, joint):
    return [(2, ".", (adventure, name), (formula,)), (1, joint, (belonging, name))]


def formula(lexicon):
    """How many Spanish tales end."""
    return [(19,), (1, "colorín , colorado , este cuento se ha acabado .")]


def belonging(lexicon, name):
    return [
        (1, "vivía en", (indefinite, ("homes",), "s", (home, name))),
        (1, "tenía", (indefinite, ("pets",), "s", (pet, name))),
    ]


def home(lexicon, name, kind, gender, number, noun):
    return [(1, (home_look, gender), ".", (adventure, name), (home_again, gender, noun))]


def home_look(lexicon, gender):
    return [(1,), (1, (adjective, "home looks", gender, "s"))]


def home_again(lexicon, gender, noun):
    return [(1,), (1, "y", DEFINITE[gender, "s"], noun, "parecía", (adjective, "home moods", gender, "s"), ".")]


def pet(lexicon, name, kind, gender, number, noun):
    return [(1, (look, kind, gender, number), ".", (adventure, name), (pet_again, kind, gender, noun))]


def pet_again(lexicon, kind, gender, noun):
    acts = [(w, lexicon.verb(lemma, "s")) for w, lemma in zipf(("dormía", "bailaba", "cantaba"))]
    mood = (adjective, "joys", gender, "s")
    return [(1, "y", DEFINITE[gender, "s"], noun, (one_of, tuple(acts)), mood, ".")]


def adventure(lexicon, name):
    return [(1, (habit, lexicon.gender[name]), (time,), (happening, name))]


def habit(lexicon, gender):
    """An optional sentence without a subject that agrees with the name."""
    mood = (adjective, "feelings", gender, "s")
    return [(4,), (1, "siempre estaba", mood, "."), (1, "nunca estaba", mood, ".")]


def happening(lexicon, name):
    return [(5, (deed, name)), (3, name, (deed, name)), (3, "su", (companion, name, "gift"))]


def deed(lexicon, name):
    """Meets a companion, a stranger, or finds something."""
    found = (indefinite, ("things", "animals"), "s", (finding, name))
    return [
        (3, "salió a", (phrase, "plans"), "con su", (companion, name, "walk")),
        *((w, verb, (stranger, name)) for w, verb in ((3, "conoció a"), (2, "visitó a"), (2, "ayudó a"))),
        *((w, verb, found) for w, verb in ((3, "encontró"), (2, "descubrió"))),
    ]


def companion(lexicon, name, purpose):
    return [
        (w, pair["fm".index(g)], (friend, name, g, purpose))
        for w, pair in zipf(lexicon.pairs["companions"])
        for g in GENDERS
    ]


def friend(lexicon, name, gender, purpose):
    gift = ("le", (phrase, "giving"), (indefinite, ("things",), "s", (look,)), ".")
    then = gift if purpose == "gift" else ((spot,), ".")
    return [(w, other, *then, (plot, name, other)) for w, other in _of_gender(lexicon, gender, name)]


def stranger(lexicon, name):
    return [
        (w, other, ",", (somebody, lexicon.gender[other]), ".", (plot, name, other))
        for w, other in _names(lexicon, name)
    ]


def finding(lexicon, name, kind, gender, number, noun):
    return [(1, (look, kind, gender, number), (spot,), ".", (alone, name, kind, gender, noun))]
