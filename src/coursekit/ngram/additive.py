"""Additive smoothing: every word has been seen a little more often than it was."""

from math import isfinite

import numpy as np

from coursekit.ngram.counting import END
from coursekit.ngram.model import NGram


class Additive(NGram):
    """delta more for every word in every context.

        p(w | h) = (c(h w) + delta) / (c(h) + delta |V|)

    One order alone, with no lower one to fall back on: after a context never seen, all words are equal.

    Args:
        order, end: as in `NGram`.
        delta: above 0; 1 is Laplace's.

    Raises: ValueError for a delta that is not above 0.

    Source: Chen & Goodman 1999, section 2.1; Lidstone 1920 (delta), Laplace 1774 (1).
    Taught in: 01-historia
    """

    def __init__(self, order, end=END, delta=1.0):
        super().__init__(order, end)
        if not delta > 0 or not isfinite(delta):
            raise ValueError(f"delta: expected a number above 0, got {delta}")
        self.delta = delta

    def _tables(self):
        below = 1
        for level in self.counts.levels:
            total = np.bincount(level.context, level.count, below) + self.delta * self.vocabulary_size
            yield level.count / total[level.context], self.delta * self.vocabulary_size / total
            below = len(level.keys)

    def _combine(self, alpha, gamma, rank, context, lower):
        return alpha[rank] + gamma[context] / self.vocabulary_size

    def _below(self, k):
        return 0
