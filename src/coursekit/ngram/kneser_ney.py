"""Kneser–Ney: in the lower orders a word counts by how many words it follows, not by how often."""

from warnings import warn

import numpy as np

from coursekit.ngram.counting import END
from coursekit.ngram.discounting import AbsoluteDiscounting, single_discount


class KneserNey(AbsoluteDiscounting):
    """Kneser–Ney, interpolated; modified with three discounts, or with one.

        p(w | h) = (a(h w) - D(a(h w))) / sum_v a(h v) + gamma(h) p(w | h')
        a(g) = count(g) for n words, or where g opens with START, before which there is nothing
        a(g) = N1+(. g), the different words that stand before g, for fewer words
        gamma(h) = sum_v D(a(h v)) / sum_v a(h v);    p of no words at all: 1 / |V|

    h' is h without its first word. The discount is D1, D2 or D3 for a = 1, 2, and 3 or more; without `modified`, one
    and the same.

    Args:
        order, end: as in `NGram`.
        modified: three discounts for each order.

    Attributes:
        discounts: for k = 1 .. n, (D1, D2, D3) or (D,); `fit` sets it. Where a text gives no three, with an n_r of 0 or
            a discount not above 0 (it is too small, or shows every n-gram often), an order has the single one, and a
            warning says so.

    Source: Chen & Goodman 1999, section 3 (modified; the discounts: equation 17); Kneser & Ney 1995; the starts of
        sentences as in SRILM and KenLM.
    Taught in: 01-historia
    """

    def __init__(self, order, modified=True, end=END):
        super().__init__(order, end)
        self.modified = modified

    def _counts_of(self, level):
        if level.continuation is None:
            return level.count
        return np.where(level.continuation > 0, level.continuation, level.count)

    def _discounts(self, n, k):
        if not self.modified:
            return (single_discount(n),)
        discounts = modified_discounts(n)
        if discounts is None:
            seen = tuple(n.get(r, 0) for r in (1, 2, 3, 4))
            warn(f"order {k}: no three discounts above 0 from n_1 to n_4 = {seen}; using one for all", stacklevel=5)
            return (single_discount(n),)
        return discounts


def modified_discounts(n):
    """Three discounts from how many n-grams were seen one to four times.

        Y = n1 / (n1 + 2 n2);    D1 = 1 - 2 Y n2 / n1,   D2 = 2 - 3 Y n3 / n2,   D3 = 3 - 4 Y n4 / n3

    Args:
        n: {r: n_r}.

    Returns: (D1, D2, D3), or None where an n_r is 0 or a discount is not above 0.
    Source: Chen & Goodman 1999, equation 17.
    Taught in: 01-historia
    """
    n1, n2, n3, n4 = (n.get(r, 0) for r in (1, 2, 3, 4))
    if not n1 * n2 * n3 * n4:
        return None
    Y = n1 / (n1 + 2 * n2)
    discounts = 1 - 2 * Y * n2 / n1, 2 - 3 * Y * n3 / n2, 3 - 4 * Y * n4 / n3
    return discounts if min(discounts) > 0 else None
