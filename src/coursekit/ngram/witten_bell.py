"""Witten–Bell: the more different words have followed, the likelier is yet another one."""

import numpy as np

from coursekit.ngram.model import NGram


class WittenBell(NGram):
    """A context gives the lower order as much as it has seen different words.

        p(w | h) = (c(h w) + N1+(h .) p(w | h')) / (c(h) + N1+(h .))

    h' is h without its first word, N1+(h .) the different words that followed h.

    Args:
        order, end: as in `NGram`.

    Source: Chen & Goodman 1999, section 2.5; Witten & Bell 1991, method C.
    Taught in: 01-historia
    """

    def _tables(self):
        below = 1
        for level in self.counts.levels:
            context, c = level.context, level.count
            kinds = np.bincount(context, c > 0, below)  # (M of the level below,)
            total = np.bincount(context, c, below) + kinds
            yield c / np.maximum(total, 1)[context], np.where(total > 0, kinds / np.maximum(total, 1), 1.0)
            below = len(c)
