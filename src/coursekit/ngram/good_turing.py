"""Good–Turing: how much probability is left for what has never been seen."""

from coursekit.ngram.counting.tables import count_counts

LARGEST = 5  # counts above it are believed (Katz 1987)


def unseen_mass(counts, k):
    """The estimate of the probability that the next k-gram is one that was never seen.

        P(unseen) = n1 / N

    Args:
        counts: a `Counts`.
        k: order.

    Returns: 0 .. 1; N is the number of k-grams of the text, repeated ones included.

    Source: Good 1953.
    Taught in: 01-historia
    """
    n = counts.counts_of_counts(k)
    return n.get(1, 0) / sum(r * n_r for r, n_r in n.items())


def discounted_counts(n):
    """r*, the count that an n-gram seen r times should have had, r = 1, 2, ..

        r* = (r + 1) n_(r+1) / n_r

    Args:
        n: {r: n_r}.

    Returns: {r: r*}, for every r of n.

    Source: Good 1953; Chen & Goodman 1999, section 2.2.
    Taught in: 01-historia
    """
    return {r: (r + 1) * n.get(r + 1, 0) / n_r for r, n_r in n.items()}


def katz_discounts(counts):
    """What is kept of a count of r = 1 .. L; larger ones are kept whole.

        d_r = (r*/r - q) / (1 - q),    q = (L + 1) n_(L+1) / n1

    L is 5, or the largest number below it with which all d_r lie between 0 and 1. Where there is none, a text so small
    or so even that it has no law of rare n-grams, all counts lose the half of a one: d_r = 1 - 1 / (2 r).

    Args:
        counts: (M,) integer; of the n-grams of one order.

    Returns: list of d_1 .. d_L, or None in the second case.

    Source: Katz 1987 (L is his k); Chen & Goodman 1999, section 2.4.
    Taught in: 01-historia
    """
    n = count_counts(counts)
    for largest in range(LARGEST, 1, -1):
        if all(n.get(r) for r in range(1, largest + 2)):
            starred = discounted_counts(n)
            q = (largest + 1) * n[largest + 1] / n[1]
            kept = [(starred[r] / r - q) / (1 - q) if q != 1 else 0 for r in range(1, largest + 1)]
            if all(0 < d < 1 for d in kept):
                return kept
    return None
