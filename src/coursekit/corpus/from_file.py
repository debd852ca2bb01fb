"""The reader's own text: words and punctuation marks as tokens, documents separated by blank lines.

What is left out: probabilities. The entropy of real text is unknown; a model's score on it has no floor to stand on.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from coursekit.corpus import typography

END = "<fin>"


class TextCorpus:
    """Documents as lists of tokens, with the interface of coursekit.corpus.cuentos where real text allows it.

    Attributes:
        documents: lists of tokens, each closed by END, in the order of the text. Case is kept.
        VOCABULARY: END, then the tokens from the most to the least frequent, ties in alphabetical order.

    Raises:
        ValueError: a text without words.

    Taught in: 01-historia
    """

    END = END

    def __init__(self, text: str):
        found = [typography.TOKEN.findall(document) for document in re.split(r"\n[^\S\n]*\n", text)]
        self.documents = [[*words, END] for words in found if words]
        if not self.documents:
            raise ValueError("expected text with at least one word, got none")
        counts = Counter(word for document in self.documents for word in document[:-1])
        self.VOCABULARY = (END, *sorted(counts, key=lambda word: (-counts[word], word)))
        self._ids = {word: i for i, word in enumerate(self.VOCABULARY)}

    def stories(self, seed: int) -> Iterator[list[str]]:
        """The documents without end: every one of them once, in an order drawn from the seed, then again in another."""
        if operator.index(seed) < 0:
            raise ValueError(f"seed: expected an integer >= 0, got {seed}")
        random = Random(operator.index(seed))
        while True:
            for _, i in sorted((random.random(), i) for i in range(len(self.documents))):
                yield list(self.documents[i])

    def entropy_rate(self) -> float:
        """Always raises: nobody knows the entropy of real text."""
        raise ValueError(
            "the entropy of real text is unknown: expected coursekit.corpus.cuentos, whose grammar is known, "
            "got text from a file; compare models by their cross-entropy on held-out documents instead"
        )

    def text(self, story: Sequence[str]) -> str:
        """Tokens as readable text; the spacing of the file is not kept."""
        return typography.text(story, END)

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text, each line closed by END; ValueError names a word that is not in VOCABULARY."""
        return typography.tokens(text, self._ids, END)

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


def from_file(path: str | Path) -> TextCorpus:
    """A corpus from a UTF-8 text file, its documents separated by blank lines.

    Raises:
        ValueError: no such file, not UTF-8, or no words in it.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: expected UTF-8 text, got other bytes at offset {error.start}; save it as UTF-8"
        ) from None
    except OSError as error:
        raise ValueError(f"{path}: expected a readable text file, got: {error.strerror}") from None
    try:
        return TextCorpus(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
