"""The same stories, letter by letter: Shannon's own game, with a floor that is known a letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coursekit.corpus import cuentos

SPACE = " "


class Letters:
    """Words as letters, with the probabilities of the corpus that wrote the words.

        P(letter | words so far, first letters of the next) ~ sum of P(w | words so far),  w goes on with that letter

    Each word is its letters and a space; END stays one sign. No word has a space inside, so letters are read back into
    words in one way only, and a story has the same probability in letters as in words: H(letters) = H(story).

    Args:
        corpus: has END, VOCABULARY, stories, next_distribution, expected_counts and story_entropy:
            `coursekit.corpus.cuentos` or a relative.

    Attributes:
        VOCABULARY: the signs, END first.

    Raises: ValueError when a word is empty or has a space inside.

    Source: Shannon 1951, section 1 (prediction of the next letter).
    Taught in: 01-historia
    """

    def __init__(self, corpus=cuentos):
        odd = [word for word in corpus.VOCABULARY if not word or SPACE in word]
        if odd:
            raise ValueError(f"expected words without a space inside, got {odd[0]!r}")
        self._corpus, self.END = corpus, corpus.END
        signs = {sign for word in corpus.VOCABULARY for sign in self._spelled(word)} - {corpus.END}
        self.VOCABULARY = (corpus.END, *sorted(signs))

    def spell(self, story: Sequence[str]) -> list[str]:
        """A story, or its first words, as signs."""
        return [sign for word in story for sign in self._spelled(word)]

    def stories(self, seed: int) -> Iterator[list[str]]:
        """The stories of the corpus, as signs."""
        return map(self.spell, self._corpus.stories(seed))

    def next_distribution(self, prefix: Sequence[str]) -> dict[str, float]:
        """{sign: P(sign | prefix)}; after END nothing follows. ValueError where no story reads so."""
        if prefix and prefix[-1] == self.END:
            return {}
        *words, begun = "".join(prefix).split(SPACE)
        sums: dict[str, float] = {}
        for word, p in self._corpus.next_distribution(words).items():
            signs = self._spelled(word)
            if word.startswith(begun) and not (begun and word == self.END):
                sums[signs[len(begun)]] = sums.get(signs[len(begun)], 0.0) + p
        if not sums:
            raise ValueError(f"expected the letters of a word that can follow {words[-3:]}, got {begun!r}")
        total = sum(sums.values())
        return {sign: p / total for sign, p in sums.items()}

    def expected_length(self) -> float:
        """E[signs of a story], END counted, exact."""
        return sum(count * len(self._spelled(word)) for word, count in self._corpus.expected_counts().items())

    def entropy_rate(self) -> float:
        """H(story) / E[signs] in bits a sign, exact: the floor of whoever guesses letters."""
        return self._corpus.story_entropy() / self.expected_length()

    def _spelled(self, word):
        return (word,) if word == self._corpus.END else (*word, SPACE)
