"""Counting n-grams by one sort: the words of a window are the digits of a whole number.

Adds one idea to the reference: in sorted order, all windows that open with the same k words stand side by side, for
every k. So one sort counts all orders, and an n-gram costs 8 bytes while it is sorted, not a tuple. Where n words do
not fit into 63 bits, the first ones that do are sorted and replaced by their rank.
Leaves out dictionaries: an n-gram is found by bisection.
"""

import numpy as np

from coursekit.ngram.counting.checks import check_order
from coursekit.ngram.counting.tables import Counts, Level
from coursekit.ngram.counting.text import END, END_ID, START_ID, Ids, read

_BITS = 63


def count_ngrams(sentences, order, end=END, vocabulary=None):
    """`coursekit.ngram.counting.reference.count_ngrams` by sorting.

        window_i = digits w_i + 1, w_(i+1) + 1, .., base 2^b > V;    0 where the sentence has ended

    Args, Returns, Raises: as in `coursekit.ngram.counting.reference.count_ngrams`.

    Source: Nagao & Mori 1994 (all orders from one sorted table).
    Taught in: 01-historia
    """
    check_order(order)
    text = read(sentences, Ids(end, vocabulary))
    levels, ranks = [], None
    while len(levels) < order:
        ranks = _sort_windows(text.tokens, len(text.ids), order, levels, ranks)
    return Counts(text.ids, tuple(_with_continuations(levels, len(text.ids))))


def _sort_windows(tokens, V, order, levels, ranks):
    """Append (keys, count) of as many further orders as fit into one sort.

    Args:
        ranks: (N,) of the k-gram that opens at each token, k the levels so far; None = of the empty one.

    Returns: the same for the levels that there are now, or None where they are all.
    """
    # 1. pack: the rank of the words that are done, and then words
    bits, done = V.bit_length(), len(levels)
    taken = min(order - done, (_BITS - (len(levels[-1][0]).bit_length() if levels else 0)) // bits)
    windows = np.zeros(len(tokens), np.int64) if ranks is None else ranks
    inside = np.ones(len(tokens), bool)  # (N - j,): has the sentence j + 1 words from this token on?
    for j in range(done + taken):
        if j:
            inside = inside[:-1] & (tokens[j - 1 : -1] != END_ID)
        if j >= done:
            windows <<= bits
            windows[: len(inside)] |= (tokens[j:] + 1) * inside
    # 2. sort
    places = np.argsort(windows) if done + taken < order else None
    if places is None:
        windows.sort()
    else:
        windows = windows[places]
    # 3. a k-gram is a run of windows that agree in its words
    change = np.empty(len(windows), np.int64)
    change[0] = -1
    np.bitwise_xor(windows[1:], windows[:-1], out=change[1:])
    opens = None
    for left in range(taken - 1, -1, -1):  # words of the window beyond the k-gram's own
        first = np.flatnonzero((change >> left * bits) != 0)
        digits = windows[first] >> left * bits
        count = np.diff(first, append=len(windows)).astype(np.int32)
        word = (digits & ((1 << bits) - 1)) - 1
        keep = word >= 0
        first, digits, word, count = first[keep], digits[keep], word[keep], count[keep]
        context = digits >> bits if opens is None else np.searchsorted(opens, first, "right") - 1
        if not levels:
            count[word == START_ID] = 0  # a context, and never predicted
        levels.append((context * V + word, count))
        opens = first
    if places is None:
        return None
    ranks = np.zeros(len(tokens), np.int64)
    ranks[opens] = 1
    np.cumsum(ranks, out=ranks)
    windows[places] = np.maximum(ranks - 1, 0)
    return windows


def _with_continuations(levels, V):
    """Each k-gram without its first word is a (k - 1)-gram that one more word stands before."""
    suffix = np.zeros(len(levels[0][0]), np.int32)  # ranks in the level below: at k = 1, of the empty n-gram
    for (keys, count), (longer, _) in zip(levels, levels[1:]):
        suffix = np.searchsorted(keys, suffix[longer // V] * np.int64(V) + longer % V).astype(np.int32)
        yield Level(keys, count, np.bincount(suffix, minlength=len(keys)).astype(np.int32), V)
    yield Level(*levels[-1], None, V)
