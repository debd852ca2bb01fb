"""Shannon's game: how many guesses until the next word is right, and what that says of the entropy."""

from collections import Counter
from math import log2


def guess_ranks(model, stories):
    """For each word of each story, which guess of a player is right, who names words from the likeliest on.

        rank(w_t) = 1 + words that have a greater P(. | w_1 .. w_(t-1)), or the same and come first in the alphabet

    Args:
        model: has next_distribution(prefix) -> {word: probability}; a corpus that knows its own, or an n-gram model.
        stories: lists of str.

    Returns: list of lists of whole numbers >= 1, one a word. A word without any probability comes after all others.

    Source: Shannon 1951, section 1 (the experiment that it announces).
    Taught in: 01-historia
    """
    return [[_rank(model.next_distribution(story[:i]), word) for i, word in enumerate(story)] for story in stories]


def guessing_bounds(ranks):
    """What the numbers of guesses say of the entropy of a text, whose next word the player knows how to guess best.

        sum_i i (q_i - q_(i+1)) log2 i  <=  H  <=  -sum_i q_i log2 q_i,    q_i = part of the words guessed at once for i
        = 1, at the second guess for i = 2, ..

    Both are of long texts; the lower one needs the best guesser, whose q_i never rise.

    Args:
        ranks: whole numbers >= 1, at least one.

    Returns: (lower, upper), bits a word.
    Raises: ValueError without ranks, or with one below 1.

    Source: Shannon 1951, section 1 announces both bounds; they follow from the ideal guesser's frequencies.
    Taught in: 01-historia
    """
    counts = Counter(ranks)
    if not counts or min(counts) < 1:
        raise ValueError(f"ranks: expected whole numbers >= 1, at least one, got {sorted(counts)[:3]}")
    total = sum(counts.values())
    lower = sum(i * (counts[i] - counts[i + 1]) / total * log2(i) for i in range(1, max(counts) + 1))
    upper = -sum(count / total * log2(count / total) for count in counts.values())
    return lower, upper


def _rank(distribution, word):
    mine = distribution.get(word, 0.0)
    if not mine:
        return 1 + sum(p > 0 for p in distribution.values())
    return 1 + sum(p > mine or (p == mine and other < word) for other, p in distribution.items())
