"""English subject and verb with a noun between them: «The keys to the cabinet», and then *are*, not *is*."""

from dataclasses import dataclass

_NOUNS = ("key", "picture", "author", "teacher", "farmer", "letter", "book", "doctor")
_BETWEEN = ("near", "behind", "with", "from")


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
                subject = noun + "s" * is_plural
                attractor = other + "s" * (is_plural != misleads)
                sentences.append(EnglishAgreement(f"The {subject} {between} the {attractor}", is_plural, misleads))
    return sentences
