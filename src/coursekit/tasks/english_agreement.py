"""English subject and verb with a noun between them: «The keys to the cabinet», and then *are*, not *is*."""

from dataclasses import dataclass
from itertools import product

_NOUNS = ("key", "picture", "author", "teacher", "farmer", "letter", "book", "doctor")
_BETWEEN = ("near", "behind", "with", "from")
_RELATIVES = (
    ("sailor", "kept"),
    ("painter", "liked"),
    ("king", "met"),
    ("pilot", "knew"),
    ("singer", "saw"),
    ("judge", "found"),
    ("nurse", "called"),
    ("hunter", "lost"),
)


@dataclass(frozen=True)
class EnglishAgreement:
    """A beginning of a sentence whose verb follows.

    Attributes:
        text: "The keys near the picture".
        is_plural: does the verb stand in the plural, *are*?
        misleads: has the noun right before the verb the other number?
    """

    text: str
    is_plural: bool
    misleads: bool


def english_agreement():
    """All combinations of a noun, its number, and the number of the noun between: 32 beginnings, alike in length.

    Returns: list of `EnglishAgreement`.

    Source: Linzen et al. 2016, section 2 (attractors); the sentences are the course's.
    Taught in: 02-transformer
    """
    sentences = []
    for i, noun in enumerate(_NOUNS):
        other, between = _NOUNS[(i + 3) % len(_NOUNS)], _BETWEEN[i % len(_BETWEEN)]
        for is_plural in (False, True):
            for misleads in (False, True):
                subject, attractor = _numbered(noun, other, is_plural, misleads)
                sentences.append(EnglishAgreement(f"The {subject} {between} the {attractor}", is_plural, misleads))
    return sentences


def english_relatives():
    """The same with a relative clause, whose subject has a number of its own: 256 beginnings, alike in length.

        The keys that the sailor kept      and then *are*

    Returns: list of `EnglishAgreement`; `misleads` = the number of the clause's subject is the other one.

    Source: Linzen et al. 2016, who ask for relative clauses, too; the sentences are the course's.
    Taught in: 02-transformer
    """
    sentences = []
    for noun, (owner, verb) in product(_NOUNS, _RELATIVES):
        for is_plural, misleads in product((False, True), repeat=2):
            subject, attractor = _numbered(noun, owner, is_plural, misleads)
            sentences.append(EnglishAgreement(f"The {subject} that the {attractor} {verb}", is_plural, misleads))
    return sentences


def _numbered(subject, attractor, is_plural, misleads):
    return subject + "s" * is_plural, attractor + "s" * (is_plural != misleads)
