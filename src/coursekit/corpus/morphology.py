"""Spanish word forms: gender ('f', 'm') and number ('s', 'p') of nouns, adjectives and what goes with them.

What is left out: feminine nouns with a stressed a- (el agua) and invariable ones (el paraguas); no lexicon has them.
"""

from __future__ import annotations

from typing import NamedTuple

FEATURES = (("f", "s"), ("m", "s"), ("f", "p"), ("m", "p"))
DEFINITE = {("f", "s"): "la", ("m", "s"): "el", ("f", "p"): "las", ("m", "p"): "los"}
INDEFINITE = {("f", "s"): "una", ("m", "s"): "un", ("f", "p"): "unas", ("m", "p"): "unos"}
CONTRACTION = {"a": "al", "de": "del"}
_PLAIN = str.maketrans("áéíóú", "aeiou")


def plural(word: str) -> str:
    """'llave' -> 'llaves', 'reloj' -> 'relojes', 'feliz' -> 'felices', 'jardín' -> 'jardines'."""
    if word[-1] in "aeiou":
        return word + "s"
    if word[-1] == "z":
        return word[:-1] + "ces"
    if word[-2:] in ("án", "én", "ín", "ón", "ún"):
        return word[:-2] + word[-2:].translate(_PLAIN) + "es"
    return word + "es"


class Noun(NamedTuple):
    """A noun by its singular and its gender."""

    singular: str
    gender: str

    def form(self, number: str) -> str:
        return self.singular if number == "s" else plural(self.singular)


class Adjective(NamedTuple):
    """An adjective by its masculine singular: 'cansado', 'triste', 'feliz', 'soñador'."""

    lemma: str

    def form(self, gender: str, number: str) -> str:
        word = self.lemma
        if gender == "f" and word[-1] == "o":
            word = word[:-1] + "a"
        elif gender == "f" and word.endswith("dor"):
            word += "a"
        return word if number == "s" else plural(word)


def nouns(text: str) -> tuple[Noun, ...]:
    """'llave:f mapa:m' -> two nouns, the commonest first."""
    return tuple(Noun(*entry.split(":")) for entry in text.split())


def adjectives(text: str) -> tuple[Adjective, ...]:
    """'cansado triste' -> two adjectives, the commonest first."""
    return tuple(Adjective(lemma) for lemma in text.split())


def conjunction(following: str) -> str:
    """'y', or 'e' before the sound of i: Ana y Hugo, Ana e Inés."""
    return "e" if following.lower().translate(_PLAIN).startswith(("i", "hi")) else "y"
