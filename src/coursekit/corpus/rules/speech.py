"""What the characters say: quotations, quotations inside them, and a story inside the story.

Attributes: speaker and hearer, their genders; other, the proper name of the hearer; level, how many more quotations may
open inside this one. Quotation marks follow Spanish usage: « » outside, “ ” inside.
"""

from coursekit.corpus.morphology import DEFINITE, FEATURES
from coursekit.corpus.rules.phrases import (
    ANIMALS,
    ANIMATE,
    REGIONS,
    adjective,
    complement,
    definite,
    definite_apart,
    description,
    indefinite,
    look,
    one_of,
    phrase,
    place,
    saying,
    spot,
    wisdom,
    zipf,
)


def said(lexicon, speaker, other):
    """From the verb of saying to the full stop; the name of the speaker stands before it."""
    telling = (": «", (speech, speaker, lexicon.gender[other], 1), (vocative, other), "» .")
    return [
        *((4 * w, verb, *telling) for w, verb in zipf(lexicon.phrases["saying"])),
        (1, "gritó : « ¡", (exclamation,), (vocative, other), "! » ."),
        (1.2, "preguntó : « ¿", (question, other)),
    ]


def told(lexicon, speaker, other):
    return [(1, "le contó un cuento : «", (tale,), "» .")]


def vocative(lexicon, other):
    """The name of the hearer, if it is called."""
    return [(3,), (1, ",", other)]


def speech(lexicon, speaker, hearer, level):
    """One statement, or two about the speaker."""
    return [
        (4, (about_me, speaker)),
        (1, lexicon.you["are"], "muy", (adjective, "traits", hearer, "s")),
        (1, "me", (liking,)),
        (1, "vamos", (definite, "a", REGIONS, "s")),
        (1, "no tengas miedo"),
        (4, (description, "present", level)),
        *([(2, "mi", (phrase, "elders"), "dice : “", (saying,), "”")] if level else []),
    ]


def about_me(lexicon, speaker):
    """estoy cansada y quiero bailar: one statement about the speaker, or two of different kinds."""
    am = ("estoy", (adverb,), (adjective, "feelings", speaker, "s"))
    ail = ("estoy", (adverb,), (adjective, "ails", speaker, "s"))
    have, want = ("tengo", (phrase, "needs")), ("quiero", (phrase, "plans"), (spot,))
    return [
        (3, *am, (more, "y", (have, want))),
        (2, *have, (more, "y", (want,))),
        (3, *want, (more, "pero", (ail, have))),
    ]


def more(lexicon, word, kinds):
    return [(2,), (1, word, (one_of, tuple((1, *kind) for kind in kinds)))]


def adverb(lexicon):
    return [(2,), (1, "muy"), (1, "un poco")]


def liking(lexicon):
    """me gusta la luna, me gustan las flores."""
    return [
        (1, lexicon.verb("gusta", "s"), (definite, "", ("sky",), "s")),
        (2, lexicon.verb("gusta", "p"), (definite, "", ("nature", *ANIMALS), "p", (), (look,))),
    ]


def exclamation(lexicon):
    return [
        (4, "qué", (admiration,)),
        (1, lexicon.you["come"], lexicon.you["here"]),
        (1, lexicon.you["look"], (definite, "", ("nature", "things"))),
        (1, "cuidado con", (definite, "", (*ANIMALS, "creatures"), "s")),
    ]


def admiration(lexicon):
    """qué bonitas son las flores: the adjective announces the noun."""
    kinds, alternatives = ("nature", "things"), []
    for w, entry in zipf(lexicon.adjectives["wonders"]):
        for g, n in FEATURES:
            alternatives.append(
                (w, entry.form(g, n), lexicon.verb("es", n), (definite_apart, kinds, ((g, n),), (), None))
            )
    return alternatives


def question(lexicon, other):
    """A question, and the answer of the other that fits it."""
    you, gender = lexicon.you, lexicon.gender[other]
    answers = ("? » .", other, "contestó : «")
    return [
        (3, "dónde", (whereabouts, other)),
        (2, you["want"], (phrase, "plans"), *answers, (consent, gender), "» ."),
        (2, you["have"], (need, other)),
        (2, "estás", (state, other)),
        (1, "quién vive", (place,), *answers, (indefinite, ("creatures",), "s", (look,)), "» ."),
    ]


def whereabouts(lexicon, other):
    wanted = (*ANIMATE, "things")
    return [
        (w, lexicon.verb("está", n), (definite, "", wanted, n, (), (located, other))) for n, w in (("s", 2), ("p", 1))
    ]


def located(lexicon, other, kind, gender, number, head):
    """¿dónde están las llaves? están escondidas en el molino: the answer agrees with the question."""
    return [(1, "? » .", other, "contestó : «", (answer, gender, number), "» .")]


def answer(lexicon, gender, number):
    return [(1, lexicon.verb("está", number), (hidden, gender, number), (place,))]


def hidden(lexicon, gender, number):
    return [(1,), (2, (adjective, "hidden", gender, number))]


def consent(lexicon, gender):
    return [(1, "sí"), (1, "no , estoy", (adjective, "ails", gender, "s"))]


def need(lexicon, other):
    """¿tienes hambre? sí, tengo mucha hambre: the need returns (hambre is feminine)."""
    return [
        (w, word, "? » .", other, "contestó : «", (need_answer, word), "» .")
        for w, word in zipf(lexicon.phrases["needs"])
    ]


def need_answer(lexicon, word):
    much = "mucha" if word == "hambre" else "mucho"
    return [(2, "sí , tengo", much, word), (1, "no tengo", word)]


def state(lexicon, other):
    """¿estás cansada? The adjective agrees with the one who is asked, and returns."""
    return [
        (w, word, "? » .", other, "contestó : «", (state_answer, word), "» .")
        for w, word in adjective(lexicon, "feelings", lexicon.gender[other], "s")
    ]


def state_answer(lexicon, word):
    return [(2, "sí , estoy muy", word), (1, "no estoy", word)]


def tale(lexicon):
    """A story inside the story, about a creature that returns at its end."""
    return [(1, "había una vez", (indefinite, ("creatures",), "s", (tale_of,)))]


def tale_of(lexicon, kind, gender, number, creature):
    start = (1, (complement, kind, gender, number), "que vivía", (place,), ". un día", (event, gender))
    return [(*start, ". desde entonces", DEFINITE[gender, number], creature, (wisdom, kind, gender, number, None))]


def event(lexicon, gender):
    return [
        (1, "conoció a", (indefinite, ANIMALS, "s", (look,))),
        (2, (indefinite, ANIMALS, "s", (whisper, gender))),
    ]


def whisper(lexicon, hearer, kind, gender, number, head):
    return [(1, "le dijo : “", (speech, gender, hearer, 0), "”")]
