"""How much of what comes next a text has never shown, exactly."""

import numpy as np

from coursekit.ngram.counting import START


def unseen_mass(counts, k, stories, corpus):
    """The probability that the next k-gram is one that was not counted, by the source that knows all probabilities.

        mean over contexts h of  sum over w with (h w) not counted of P(w | h)

    Good and Turing estimate it from the counts alone: `coursekit.ngram.good_turing.unseen_mass`.

    Args:
        counts: a `coursekit.ngram.counting.Counts`.
        k: order, 1 to counts.order.
        stories: lists of str, new ones of the source, for contexts: every place with k - 1 words before it, START
            among them.
        corpus: the source, with next_distribution(prefix).

    Returns: 0 .. 1.
    Raises: ValueError for an order that was not counted, and when no story is so long.

    Source: Good 1953 (the estimate); the exact mass: this course's grammar.
    Taught in: 01-historia
    """
    if type(k) is not int or not 1 <= k <= counts.order:
        raise ValueError(f"k: expected a whole number from 1 to {counts.order}, got {k!r}")
    level, masses = counts.levels[k - 1], []
    for story in stories:
        ids = [counts.ids.get(word, -1) for word in (START, *story)]
        for i in range(max(0, k - 2), len(story)):
            context = counts.rank(ids[i + 2 - k : i + 1])
            words, p = zip(*corpus.next_distribution(story[:i]).items())
            found = level.find(context, np.array([counts.ids.get(word, -1) for word in words]))
            masses.append(sum(mass for mass, rank in zip(p, found) if rank < 0))
    if not masses:
        raise ValueError(f"stories: expected one of at least {max(1, k - 1)} words, got none")
    return sum(masses) / len(masses)
