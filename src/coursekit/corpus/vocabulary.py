"""Words to ids and back, and words to readable text: what every corpus of words shares."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.corpus import typography


class WordCorpus:
    """A corpus whose tokens are words: VOCABULARY[i] is the word of id i, and VOCABULARY[0] is END.

    Args:
        vocabulary: the words, END first.

    Taught in: 01-historia
    """

    END = "<fin>"

    def __init__(self, vocabulary: Sequence[str]):
        self.VOCABULARY: tuple[str, ...] = tuple(vocabulary)
        self._ids = {word: i for i, word in enumerate(self.VOCABULARY)}

    def text(self, story: Sequence[str]) -> str:
        """Tokens as readable text; any tokens will do, whether or not they make a story."""
        return typography.text(story, self.END)

    def tokens(self, text: str) -> list[str]:
        """The inverse of text: each line is a story, closed by END; ValueError names a word not in VOCABULARY."""
        return typography.tokens(text, self._ids, self.END)

    def encode(self, story: Sequence[str]) -> list[int]:
        """Tokens to ids, their places in VOCABULARY; ValueError names a token that is not there."""
        unknown = next((word for word in story if word not in self._ids), None)
        if unknown is not None:
            raise ValueError(f"expected tokens of VOCABULARY ({len(self._ids)} of them), got {unknown!r}")
        return [self._ids[word] for word in story]

    def decode(self, ids: Sequence[int]) -> list[str]:
        """Ids to tokens; ValueError for an id that VOCABULARY does not have."""
        outside = next((i for i in ids if not 0 <= i < len(self.VOCABULARY)), None)
        if outside is not None:
            raise ValueError(f"expected ids from 0 to {len(self.VOCABULARY) - 1}, got {outside}")
        return [self.VOCABULARY[i] for i in ids]
