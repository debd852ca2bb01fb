"""How a story goes on and ends once its people are known: the names return here, from memory."""

from coursekit.corpus.morphology import DEFINITE, conjunction
from coursekit.corpus.rules.phrases import (
    ANIMATE,
    adjective,
    indefinite,
    modified,
    one_of,
    phrase,
    place,
    saying,
    spot,
    zipf,
)
from coursekit.corpus.rules.scenes import interlude, scene
from coursekit.corpus.rules.speech import said, speech, told


def together(gender, other):
    """The gender of two: feminine only if both are."""
    return "f" if gender == other == "f" else "m"


def plot(lexicon, hero, friend):
    """Dialogue, with a scene before it, after it or none; or a story inside the story; then the end."""
    both = together(lexicon.gender[hero], lexicon.gender[friend])
    dialogue, end = ((link,), (either, hero, friend, said)), ((ending, hero, friend), ".")
    return [
        (4, (scene, both, "p"), *dialogue, *end),
        (6, *dialogue, (interlude, both, "p"), *end),
        (0.5, "un rato después", (either, hero, friend, told), *end),
    ]


def link(lexicon):
    return [(2,), *zipf(lexicon.phrases["links"])]


def either(lexicon, hero, friend, what):
    """The hero or the friend, and what that one does: a rule of the own gender and the name of the other."""
    return [(w, name, (what, lexicon.gender[name], other)) for w, name, other in ((3, hero, friend), (2, friend, hero))]


def ending(lexicon, hero, friend):
    return [
        (2, (phrase, "closings"), (either, hero, friend, closing)),
        (1, (phrase, "since"), (either, hero, friend, bond)),
    ]


def closing(lexicon, gender, other):
    """Ana e Inés volvieron a casa contentas: the adjective agrees with the two."""
    return [
        (4, conjunction(other), other, (joint_end, together(gender, lexicon.gender[other]))),
        (1, "se despidió de", other, (spot,)),
        (3, "soñó con", (indefinite, (*ANIMATE, "things"), "sp", (modified, 1))),
        (2, "aprendió que", (saying,)),
    ]


def joint_end(lexicon, gender):
    mood = (adjective, "feelings", gender, "p")
    acts = [(w, lexicon.verb(lemma, "p"), mood, (spot,)) for w, lemma in zipf(("bailó", "cantó", "durmió"))]
    return [(1, lexicon.verb("volvió", "p"), "a casa", mood), *acts]


def bond(lexicon, gender, other):
    """nunca olvidó a Inés, siempre baila con ella."""
    return [(2, "nunca olvidó a", other), (3, "siempre", (company,), "con", (name_or_pronoun, other))]


def company(lexicon):
    return [(w, lexicon.verb(lemma, "s")) for w, lemma in zipf(("sueña", "baila", "canta"))]


def name_or_pronoun(lexicon, other):
    return [(2, other), (1, {"f": "ella", "m": "él"}[lexicon.gender[other]])]


def alone(lexicon, hero, kind, gender, noun):
    """Scenes and thoughts of one person who has found something, then the end, where what was found returns."""
    own = lexicon.gender[hero]
    end = ((last, hero, kind, gender, noun), ".")
    return [
        (2, (scene, own, "s"), *end),
        (3, hero, (reaction, own, kind, gender, noun), (interlude, own, "s"), *end),
    ]


def reaction(lexicon, own, kind, gender, noun):
    if kind != "things":
        return [(1, "le", (phrase, "saying"), ": «", (speech, own, gender, 1), "» .")]
    return [(1, "pensó : « ¡ qué", (adjective, "wonders", gender, "s"), "es", DEFINITE[gender, "s"], noun, "! » .")]


def last(lexicon, hero, kind, gender, noun):
    then, since = (keeping, dreaming) if kind == "things" else (friendship, always)
    return [
        (2, (phrase, "closings"), hero, (then, lexicon.gender[hero], gender, noun)),
        (1, (phrase, "since"), hero, (since, lexicon.gender[hero], gender, noun)),
    ]


def keeping(lexicon, own, gender, noun):
    """What the hero did with the thing that was found."""
    thing = f"{DEFINITE[gender, 's']} {noun}"
    return [(2, "guardó", thing, (phrase, "stashes")), (2, "escondió", thing, (place,)), (1, "soñó con", thing)]


def friendship(lexicon, own, gender, noun):
    """What the hero and the animal that was found did: Ana y la rana durmieron juntas."""
    animal, both = f"{DEFINITE[gender, 's']} {noun}", together(own, gender)
    joined = lexicon.adjectives["joined"][0].form(both, "p")
    acts = [(w, lexicon.verb(lemma, "p"), joined, (spot,)) for w, lemma in zipf(("bailó", "cantó", "durmió"))]
    return [(1, "y", animal, (one_of, tuple(acts))), (1, "volvió a casa con", animal)]


def always(lexicon, own, gender, noun):
    return [(1, "siempre", (company,), "con", f"{DEFINITE[gender, 's']} {noun}")]


def dreaming(lexicon, own, gender, noun):
    return [(1, "siempre sueña con", f"{DEFINITE[gender, 's']} {noun}")]
