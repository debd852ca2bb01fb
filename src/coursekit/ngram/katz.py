"""Katz: Good–Turing's discount, and the lower order only for what has never been seen."""

import numpy as np

from coursekit.ngram.good_turing import katz_discounts
from coursekit.ngram.model import NGram
from coursekit.ngram.sampler import TableSampler

_CLOSE = 1e-3  # to 1: the rest of a sum so near it is added up, not subtracted


class Katz(NGram):
    """Back-off: an n-gram that was seen has its own discounted frequency, any other one the lower order's.

        p(w | h) = d_r r / c(h)                    where r = c(h w) > 0
        p(w | h) = gamma(h) p(w | h')              elsewhere
        gamma(h) = (1 - sum over seen of p(w | h)) / (1 - sum over seen of p(w | h'))

    h' is h without its first word, d_r of `katz_discounts`. Where no count of a context is discounted nothing would be
    left for the rest: it then counts one more occurrence, c(h) + 1, as in SRILM. Where every word has been seen there
    is no rest: nothing is discounted.

    Args:
        order, end: as in `NGram`.

    Source: Katz 1987; Chen & Goodman 1999, section 2.4.
    Taught in: 01-historia
    """

    _sampler = TableSampler

    def _tables(self):
        size, below, suffix = self.vocabulary_size, 1, None
        for k, level in enumerate(self.counts.levels, 1):
            context, c = level.context, level.count
            lower = np.full(len(c), 1 / size)  # p(w | h') of each seen n-gram
            if k > 1:
                before = np.zeros(len(c), np.int64) if k == 2 else suffix[context]
                suffix = self.counts.levels[k - 2].find(before, level.word)  # the n-gram without its first word
                lower = self.levels[k - 2][0][suffix]
            total, kinds = np.bincount(context, c, below), np.bincount(context, c > 0, below)
            is_whole = kinds == size
            alpha = np.where(is_whole[context], c, _discounted(c)) / np.maximum(total, 1)[context]
            # 1. what the seen ones leave: of this order, and of the lower one
            left = 1 - np.bincount(context, alpha, below)
            stingy = (left < 1e-9) & ~is_whole & (total > 0)
            alpha *= np.where(stingy, total / (total + 1), 1)[context]
            left = np.where(stingy, 1 / (total + 1), left)
            rest = 1 - np.bincount(context, lower * (c > 0), below)
            for h in np.flatnonzero((rest < _CLOSE) & ~is_whole & (total > 0)):
                rest[h] = self._rest(k, h, level)
            # 2. their ratio
            gamma = np.where(is_whole, 0.0, left / np.where(is_whole, 1.0, rest))
            yield alpha, np.where(total > 0, gamma, 1.0)
            below = len(c)

    def _combine(self, alpha, gamma, rank, context, lower):
        return np.where(np.greater_equal(rank, 0), alpha[rank], gamma[context] * lower)

    def _rest(self, k, h, level):
        """The lower order's probability of all words that were not seen after context h, a rank."""
        p = self._probabilities(self.counts.ids_of(k - 1, h)[1:])
        p[level.word[level.after(h)]] = 0.0
        return p.sum()


def _discounted(c):
    kept = katz_discounts(c)
    if kept is None:
        return np.maximum(c - 0.5, 0)
    factors = np.array([1.0, *kept, 1.0])  # 0 stays 0
    return c * factors[np.minimum(c, len(kept) + 1)]
