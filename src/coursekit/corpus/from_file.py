"""The reader's own text: words and punctuation marks as tokens, documents separated by blank lines.

What is left out: probabilities. The entropy of real text is unknown; a model's score on it has no floor to stand on.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from coursekit.corpus import typography
from coursekit.corpus.vocabulary import WordCorpus


class TextCorpus(WordCorpus):
    """Documents as lists of tokens, with the interface of coursekit.corpus.cuentos where real text allows it.

    Attributes:
        documents: lists of tokens, each closed by END, in the order of the text. Case is kept.
        VOCABULARY: END, then the tokens from the most to the least frequent, ties in alphabetical order.

    Raises:
        ValueError: a text without words.

    Taught in: 01-historia
    """

    def __init__(self, text: str):
        found = [typography.TOKEN.findall(document) for document in re.split(r"\n[^\S\n]*\n", text)]
        self.documents = [[*words, self.END] for words in found if words]
        if not self.documents:
            raise ValueError("expected text with at least one word, got none")
        counts = Counter(word for document in self.documents for word in document[:-1])
        super().__init__((self.END, *sorted(counts, key=lambda word: (-counts[word], word))))

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
