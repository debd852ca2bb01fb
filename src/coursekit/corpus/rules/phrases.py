"""Noun phrases, relative clauses and predicates: everything that agrees.

A noun phrase hands what follows its noun over to `tail`, a symbol to which (kind, gender, number, head) is added, so
that modifiers and predicates agree with the head however many words come between.
"""

from coursekit.corpus.morphology import CONTRACTION, DEFINITE, FEATURES, INDEFINITE

ANIMALS = ("pets", "animals")
ANIMATE = (*ANIMALS, "people")
REGIONS = ("regions", "homes")
_NUMBER_WEIGHT = {"s": 3, "p": 2}


def zipf(entries):
    """(weight, entry) for entries from the commonest to the rarest: weight 1 / (rank + 5)."""
    return [(1 / (rank + 5), entry) for rank, entry in enumerate(entries)]


def _nouns(lexicon, kinds, gender, but):
    """(weight, kind, noun) of one gender, without those whose singular is in `but`."""
    entries = [(w, kind, noun) for kind in kinds for w, noun in zipf(lexicon.nouns[kind])]
    return [(w, kind, noun) for w, kind, noun in entries if noun.gender == gender and noun.singular not in but]


def noun(lexicon, kinds, gender, number, but, tail):
    return [
        (w, noun.form(number), *([(*tail, kind, gender, number, noun.singular)] if tail else []))
        for w, kind, noun in _nouns(lexicon, kinds, gender, but)
    ]


def _weight(lexicon, kinds, features, but):
    return sum(_NUMBER_WEIGHT[n] * w for g, n in features for w, _, _ in _nouns(lexicon, kinds, g, but))


def determined(lexicon, articles, kinds, features, but, tail):
    """Article and noun, for the (gender, number) pairs in `features` that have nouns."""
    rows = [(_weight(lexicon, kinds, (pair,), but), pair) for pair in features]
    return [(w, articles[g, n], (noun, kinds, g, n, but, tail)) for w, (g, n) in rows if w]


def definite(lexicon, preposition, kinds, numbers="sp", but=(), tail=None):
    """el, la, los, las and a noun after a preposition ('' for none), with al and del."""
    features = tuple((g, n) for g, n in FEATURES if n in numbers)
    contracted = tuple(pair for pair in features if preposition in CONTRACTION and pair == ("m", "s"))
    apart = tuple(pair for pair in features if pair not in contracted)
    alternatives = [
        (
            _weight(lexicon, kinds, contracted, but),
            CONTRACTION.get(preposition, ""),
            (noun, kinds, "m", "s", but, tail),
        ),
        (_weight(lexicon, kinds, apart, but), preposition, (definite_apart, kinds, apart, but, tail)),
    ]
    return [alternative for alternative in alternatives if alternative[0]]


def definite_apart(lexicon, kinds, features, but, tail):
    return determined(lexicon, DEFINITE, kinds, features, but, tail)


def indefinite(lexicon, kinds, numbers="sp", tail=None, but=()):
    """un, una, unos, unas and a noun."""
    return determined(lexicon, INDEFINITE, kinds, tuple(p for p in FEATURES if p[1] in numbers), but, tail)


def adjective(lexicon, kind, gender, number):
    return [(w, entry.form(gender, number)) for w, entry in zipf(lexicon.adjectives[kind])]


def phrase(lexicon, kind):
    return [(w, words) for w, words in zipf(lexicon.phrases[kind])]


def one_of(lexicon, alternatives):
    return alternatives


def place(lexicon):
    """en el bosque, junto al río, cerca de la fuente."""
    return [
        (3, "en", (definite, "", REGIONS, "s")),
        (2, "junto", (definite, "a", ("landmarks", "regions"), "s")),
        (2, "cerca", (definite, "de", ("landmarks", "homes"), "s")),
    ]


def spot(lexicon):
    """An optional place."""
    return [(1,), (1, (place,))]


def simple_look(lexicon, gender, number):
    """An optional adjective."""
    return [(1,), (1, (adjective, "looks", gender, number))]


def look(lexicon, kind, gender, number, head=None):
    """An optional adjective beside its noun, or two: un gato pequeño y negro, but not un abuelo rojo."""
    if kind == "people":
        return [(1,)]
    looks = zipf(lexicon.adjectives["looks"])
    return [(0.8,), *((w, entry.form(gender, number), (colour, gender, number, entry)) for w, entry in looks)]


def colour(lexicon, gender, number, first):
    """An optional second adjective, a colour other than the first: pequeña y roja."""
    others = [entry for entry in lexicon.adjectives["colours"] if entry != first]
    return [(3,), (1, "y", (one_of, tuple((w, entry.form(gender, number)) for w, entry in zipf(others))))]


def modified(lexicon, depth, kind, gender, number, head):
    """What may follow a noun: an adjective, then a relative clause."""
    return [(1, (look, kind, gender, number), (clause, depth, kind, number, head))]


def clause(lexicon, depth, kind, number, head):
    """An optional relative clause; at depth 0 there is none left to open."""
    if depth == 0:
        return [(1,)]
    return [(3 - depth,), (depth, "que", (relative, depth, kind, number, head))]


def relative(lexicon, depth, kind, number, head):
    """Within the clause another noun comes between the head and what agrees with it: the attractor."""

    def verbs(text):
        return [(w, lexicon.verb(lemma, number)) for w, lemma in zipf(text.split())]

    inner = (modified, depth - 1)
    if kind not in ANIMATE:
        keepers = [(lemma, n) for n in "sp" for lemma in ("guardaba", "buscaba")]
        return [
            (w, lexicon.verb(lemma, n), (definite, "", ("people",), n, (), inner)) for w, (lemma, n) in zipf(keepers)
        ]
    alternatives = [(w, verb, (place,)) for w, verb in verbs("vivía dormía lloraba cantaba jugaba")]
    alternatives += [(w, verb, (definite, "", ("nature",), "p")) for w, verb in verbs("miraba")]
    if depth == 1:
        return alternatives
    other = (definite, "a", ANIMATE, "sp", (head,), inner)
    return alternatives + [(2 * w, verb, other) for w, verb in verbs("vio seguía buscaba saludó ayudó")]


def complement(lexicon, kind, gender, number):
    """The adjective that a copula attributes to a distant subject: cansada, perdida, cansada y perdida."""
    states = zipf(lexicon.adjectives["states"])
    alternatives = [(w, entry.form(gender, number)) for w, entry in states]
    if kind == "things":
        return alternatives
    feelings = zipf(lexicon.adjectives["feelings"])
    return alternatives + [(w, entry.form(gender, number), (state_too, gender, number)) for w, entry in feelings]


def state_too(lexicon, gender, number):
    return [(5,), (1, "y", (adjective, "states", gender, number))]


def predicate(lexicon, tense, kind, gender, number):
    be, seem = ("estaba", "parecía") if tense == "past" else ("está", "parece")
    agreeing = (complement, kind, gender, number)
    return [(3, lexicon.verb(be, number), agreeing), (2, lexicon.verb(seem, number), agreeing)]


def described(lexicon, tense, depth, kind, gender, number, head):
    return [(1, (modified, depth, kind, gender, number, head), (predicate, tense, kind, gender, number))]


def description(lexicon, tense, depth):
    """las niñas que vieron al perro viejo estaban cansadas."""
    return [(1, (definite, "", (*ANIMATE, "things"), "sp", (), (described, tense, depth)))]


def saying(lexicon):
    """What people learn and grandmothers say: las estrellas nunca están solas."""
    return [
        (4, (definite, "", ("nature", *ANIMATE), "p", (), (wisdom,))),
        (1, (definite, "", ("sky",), "s", (), (wisdom,))),
    ]


def wisdom(lexicon, kind, gender, number, head):
    lonely = (adjective, "lonely", gender, number)
    return [
        (1, "nunca", lexicon.verb("está", number), lonely),
        (1, "también", (habit_of, number)),
        (1, "siempre", (habit_of, number)),
    ]


def habit_of(lexicon, number):
    return [(w, lexicon.verb(lemma, number)) for w, lemma in zipf(("sueña", "vuelve", "baila", "canta", "duerme"))]
