"""Where an n-gram model stops, however much it reads: what it cannot see costs bits that no data buys back."""

from collections import defaultdict
from math import log2


def ngram_plateau(stories, corpus, order):
    """The excess of the best possible n-gram model on some stories: the one whose q is the mean of the true p.

        q(w | g) = mean of P(w | beginning) over the beginnings that end with the n - 1 words g
        plateau = mean of KL(P(. | beginning) || q(. | g)),   bits a token

    The source's own probabilities are compared, not the words that came; so what is estimated is only which beginnings
    share a g. No n-gram model does better on these beginnings, whatever it was trained on; on new ones the best one
    does no better on average: the value for a sample is a lower bound of the limit, and rises to it with its size. The
    excess of any n-gram model that was trained is an upper bound.

    Args:
        stories: lists of str, of the source; START stands before each, and counts as a word of g.
        corpus: the source, with next_distribution(prefix).
        order: n, at least 1.

    Returns: bits a token, 0 or more.
    Raises: ValueError for an order that is none, and without stories.

    Source: Cover and Thomas 2006, section 2.7 (the mean is the q of least divergence).
    Taught in: 01-historia
    """
    if type(order) is not int or order < 1:
        raise ValueError(f"order: expected a whole number >= 1, got {order!r}")
    sums, sizes, known, tokens = defaultdict(lambda: defaultdict(float)), defaultdict(int), 0.0, 0
    for story in stories:
        row = (None, *story)  # no word, so no word's equal
        for i in range(len(story)):
            group = row[max(0, i + 2 - order) : i + 1]
            sizes[group] += 1
            tokens += 1
            for word, p in corpus.next_distribution(story[:i]).items():
                if p > 0:
                    sums[group][word] += p
                    known += p * log2(p)
    if not tokens:
        raise ValueError("stories: expected at least one word, got none")
    blurred = sum(mass * log2(mass / sizes[group]) for group, words in sums.items() for mass in words.values())
    return max(0.0, (known - blurred) / tokens)
