"""What is counted: for each order a sorted table, whose rows lead to those of the next order."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Level:
    """The k-grams of one order, sorted. A k-gram is known by its rank, its place here.

        key = (rank of its first k - 1 words in the level below) V + (id of its last word)

    Args:
        keys: (M,) int64, ascending.
        count: (M,) int32, how often each occurs; START, which is never predicted, has 0.
        continuation: (M,) int32, how many different words stand before it; 0 where it opens with START, before which
            there is nothing. None at the highest order, where nobody has looked one word further.
        words: V.

    Taught in: 01-historia
    """

    keys: np.ndarray
    count: np.ndarray
    continuation: np.ndarray | None
    words: int

    @property
    def context(self):
        """(M,) int64: the rank of the first k - 1 words in the level below."""
        return self.keys // self.words

    @property
    def word(self):
        """(M,) int64: the id of the last word."""
        return self.keys % self.words

    def find(self, context, word):
        """The ranks of k-grams, -1 where they have not been seen.

        Args:
            context: ranks in the level below, -1 = not seen; a number or an array.
            word: ids, of the same shape.

        Returns: int64, of the same shape.
        """
        key = np.where(np.less(context, 0), -1, np.multiply(context, self.words) + word)
        if not len(self.keys):  # no sentence is so long
            return np.full_like(key, -1)
        rank = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(self.keys[rank] == key, rank, -1)

    def after(self, context):
        """The ranks of the k-grams of one context, a slice.

        Args:
            context: its rank in the level below, or -1.

        Returns: slice, empty for -1.
        """
        return slice(*np.searchsorted(self.keys, (context * self.words, (context + 1) * self.words)))


@dataclass(frozen=True)
class Counts:
    """All n-grams of a text, with START in contexts and END counted.

    Args:
        ids: {word: id}, an `Ids`.
        levels: for k = 1 .. n a `Level`.

    Taught in: 01-historia
    """

    ids: dict
    levels: tuple

    @property
    def order(self):
        """n."""
        return len(self.levels)

    @property
    def words(self):
        """The V words by id."""
        return tuple(self.ids)

    def rank(self, ids):
        """The rank of the n-gram of these ids, -1 where it has not been seen; the empty one is 0."""
        rank = 0
        for level, word in zip(self.levels, ids):
            rank = int(level.find(rank, word))
        return rank

    def ids_of(self, k, rank):
        """The ids of the k-gram of this rank, a tuple: the inverse of `rank`."""
        ids = []
        for level in self.levels[:k][::-1]:
            rank, word = divmod(int(level.keys[rank]), level.words)
            ids.append(word)
        return tuple(ids[::-1])

    def counts(self, k):
        """{k-gram: how often it occurs}, tuples of words."""
        return self._by_words(k, self.levels[k - 1].count)

    def continuations(self, k):
        """{k-gram: how many different words stand before it}, for k < n."""
        if self.levels[k - 1].continuation is None:
            raise ValueError(f"k: expected 1 to {self.order - 1}, below the highest order counted, got {k}")
        return self._by_words(k, self.levels[k - 1].continuation)

    def counts_of_counts(self, k):
        """{r: n_r}: how many different k-grams occur r times, r >= 1 ascending."""
        return count_counts(self.levels[k - 1].count)

    def _by_words(self, k, values):
        words, grams = self.words, [()]
        for level in self.levels[:k]:
            grams = [(*grams[i], words[j]) for i, j in zip(level.context.tolist(), level.word.tolist())]
        return {gram: value for gram, value in zip(grams, values.tolist()) if value}


def count_counts(counts):
    """{r: n_r}: how many of the counts are r, r >= 1 ascending.

    Args:
        counts: (M,) integer, >= 0.

    Returns: dict.
    Source: Good 1953 (frequencies of frequencies).
    Taught in: 01-historia
    """
    r, n = np.unique(counts, return_counts=True)
    return {int(r): int(n) for r, n in zip(r, n) if r}
