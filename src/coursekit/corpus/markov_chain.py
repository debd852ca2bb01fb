"""A source that n-grams can learn to the last bit: each word depends on the two before it, and on nothing else."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from math import fsum, log2

import numpy as np

from coursekit.corpus.vocabulary import WordCorpus


class MarkovChain(WordCorpus):
    """Stories of an order-2 chain, with the interface of `coursekit.corpus.cuentos`.

        P(w_t | all before) = P(w_t | w_(t-2), w_(t-1));    END after any word with the same probability

    After each pair of words a few others can follow, drawn once from the seed, with probabilities of a flat Dirichlet
    distribution. The first word has no word before it, and the second one.

    Args:
        words: how many there are, END not counted; at least 1.
        branches: how many can follow a pair; 1 .. words.
        length: E[tokens of a story], END counted; above 2.
        seed: of the chain.

    Raises: ValueError when sizes do not fit.

    Source: Shannon 1948, section 3 (second-order approximation); its entropy: section 7.
    Taught in: 01-historia
    """

    def __init__(self, words: int = 12, branches: int = 4, length: float = 20.0, seed: int = 0):
        if type(words) is not int or type(branches) is not int or not 1 <= branches <= words:
            raise ValueError(f"expected whole numbers 1 <= branches <= words, got {branches!r} and {words!r}")
        if not length > 2:
            raise ValueError(f"length: expected above 2 tokens, END counted, got {length}")
        super().__init__((self.END, *(f"p{i}" for i in range(words))))
        random = np.random.default_rng(operator.index(seed))
        # a context is a pair of ids, 0 where no word stands yet: (0, 0) at the start, then (0, w)
        self._next = np.zeros((words + 1, words + 1, words + 1))  # (before, last, next)
        for row in self._next.reshape(-1, words + 1):
            row[random.choice(words, branches, replace=False) + 1] = random.dirichlet(np.ones(branches))
        stop = 1 / (length - 1)  # a story has a word, and after each word it may end
        self._next *= 1 - stop
        self._next[..., 0] = stop
        self._next[0, 0] /= 1 - stop
        self._next[0, 0, 0] = 0
        self._sums = self._next.cumsum(-1)

    def stories(self, seed: int) -> Iterator[list[str]]:
        """Independent stories without end, each closed by END; the same for the same seed, an integer >= 0."""
        random = np.random.default_rng(operator.index(seed)).random
        while True:
            ids = [0, 0]
            while len(ids) == 2 or ids[-1]:
                sums = self._sums[ids[-2], ids[-1]]
                ids.append(int(np.searchsorted(sums, random() * sums[-1], "right")))
            yield self.decode(ids[2:])

    def log2_probabilities(self, story: Sequence[str]) -> list[float]:
        """log2 P(token | tokens before it) in bits, of each token; ValueError where no story reads so."""
        ids = [0, 0, *self.encode(story)]
        p = [float(self._next[before, last, word]) for before, last, word in zip(ids, ids[1:], ids[2:])]
        if not p or 0 in p or ids[-1] != 0 or 0 in ids[2:-1]:
            raise ValueError(f"expected a story of this chain, closed by {self.END!r}, got {list(story)!r:.80}")
        return [log2(mass) for mass in p]

    def log2_probability(self, story: Sequence[str]) -> float:
        """log2 P(story) in bits, END counted; ValueError where no story reads so."""
        return fsum(self.log2_probabilities(story))

    def next_distribution(self, prefix: Sequence[str]) -> dict[str, float]:
        """{token: P(token | prefix)} of the tokens that can follow; after END nothing follows."""
        ids = [0, 0, *self.encode(prefix)]
        if 0 in ids[2:]:
            return {}
        return {self.VOCABULARY[i]: float(p) for i, p in enumerate(self._next[ids[-2], ids[-1]]) if p}

    def expected_counts(self) -> dict[str, float]:
        """{token: E[how often a story contains it]}, exact."""
        counts = np.einsum("ab,abw->w", self._visits(), self._next)
        return {word: float(count) for word, count in zip(self.VOCABULARY, counts) if count}

    def expected_length(self) -> float:
        """E[tokens of a story], END counted, exact."""
        return float(self._visits().sum())

    def story_entropy(self) -> float:
        """H(story) in bits, exact: sum over contexts of E[visits] H(next | context)."""
        p = np.where(self._next > 0, self._next, 1.0)
        return float((self._visits() * -(p * np.log2(p)).sum(-1)).sum())

    def entropy_rate(self) -> float:
        """H(story) / E[length] in bits a token, END counted, exact: the floor of every model."""
        return self.story_entropy() / self.expected_length()

    def _visits(self) -> np.ndarray:
        """E[times that a story is in each context], (before, last): v = start + v P."""
        size = len(self.VOCABULARY)
        step = np.zeros((size, size, size, size))  # (before, last) -> (last, next)
        for last in range(size):
            step[:, last, last, 1:] = self._next[:, last, 1:]
        start = np.zeros(size * size)
        start[0] = 1.0
        matrix = step.reshape(size * size, size * size)
        return np.linalg.solve(np.eye(size * size) - matrix.T, start).reshape(size, size)
