"""Absolute discounting: a fixed part of every count is taken away, and given to the lower order."""

import numpy as np

from coursekit.ngram.counting.tables import count_counts
from coursekit.ngram.model import NGram


class AbsoluteDiscounting(NGram):
    """The same discount for every n-gram that was seen, interpolated with the lower order.

        p(w | h) = max(c(h w) - D, 0) / c(h) + D N1+(h .) / c(h) p(w | h'),    D = n1 / (n1 + 2 n2)

    h' is h without its first word, N1+(h .) the different words that followed h, n_r the n-grams seen r times.

    Args:
        order, end: as in `NGram`.

    Attributes:
        discounts: for k = 1 .. n, (D,); `fit` sets it.

    Source: Chen & Goodman 1999, section 2.6 (D from Ney, Essen & Kneser 1994).
    Taught in: 01-historia
    """

    def _tables(self):
        self.discounts, below = [], 1
        for level in self.counts.levels:
            c = self._counts_of(level)  # (M,)
            self.discounts.append(self._discounts(count_counts(c), len(self.discounts) + 1))
            taken = np.array([0.0, *self.discounts[-1]])[np.minimum(c, len(self.discounts[-1]))]  # (M,)
            context = level.context
            total = np.bincount(context, c, below)  # (M of the level below,)
            rest = np.bincount(context, taken, below)
            alpha = (c - taken) / np.maximum(total, 1)[context]
            yield alpha, np.where(total > 0, rest / np.maximum(total, 1), 1.0)
            below = len(c)

    def _counts_of(self, level):
        return level.count

    def _discounts(self, n, k):
        return (single_discount(n),)


def single_discount(n):
    """The discount that leaves one out best.

        D = n1 / (n1 + 2 n2);    1/2 where nothing was seen once, or nothing twice: D would be 0 or 1

    Args:
        n: {r: n_r}.

    Returns: float, between 0 and 1.
    Source: Chen & Goodman 1999, section 2.6.
    Taught in: 01-historia
    """
    n1, n2 = n.get(1, 0), n.get(2, 0)
    return n1 / (n1 + 2 * n2) if n1 and n2 else 0.5
