"""Counting n-grams by one sort: the words of a window are the digits of a whole number.

Adds one idea to the reference: in sorted order, all windows that open with the same k words stand side by side, for
every k. So one sort counts all orders, and an n-gram costs 8 bytes while it is sorted, not a tuple. Where n words do
not fit into 63 bits, the first ones that do are sorted and replaced by their rank. What follows the sort is done block
by block, so that a text of 100 MB needs less than 2 GB.
Leaves out dictionaries: an n-gram is found by bisection.
"""

import numpy as np

from coursekit.ngram.counting.checks import check_order
from coursekit.ngram.counting.tables import Counts, Level
from coursekit.ngram.counting.text import END, END_ID, START_ID, Ids, read

_BITS = 63
_BLOCK = 2**20  # windows, or n-grams, looked at together


def count_ngrams(sentences, order, end=END, vocabulary=None):
    """`coursekit.ngram.counting.reference.count_ngrams` by sorting.

        window_i = digits w_i + 1, w_(i+1) + 1, .., base 2^b > V;    0 where the sentence has ended

    Args, Returns, Raises: as in `coursekit.ngram.counting.reference.count_ngrams`.

    Source: Nagao & Mori 1994 (all orders from one sorted table).
    Taught in: 01-historia
    """
    check_order(order)
    text = read(sentences, Ids(end, vocabulary))
    V, bits = len(text.ids), len(text.ids).bit_length()
    levels, windows = [], np.zeros(len(text.tokens), np.int64)  # windows: ranks of what is counted, and further words
    while len(levels) < order:
        done = len(levels)
        taken = min(order - done, (_BITS - (len(levels[-1][0]).bit_length() if levels else 0)) // bits)
        _pack(windows, text.tokens, bits, done, taken)
        if done + taken == order:
            windows.sort()
            levels += _read_off(windows, bits, taken, V)
        else:
            places = np.argsort(windows)
            in_order = windows[places]
            levels += _read_off(in_order, bits, taken, V)
            windows[places] = in_order
    del windows
    levels[0][1][levels[0][0] == START_ID] = 0  # a context, and never predicted
    return Counts(text.ids, tuple(_with_continuations(levels, V)))


def _pack(windows, tokens, bits, done, taken):
    """Append to each window, in place, the words `done` to `done + taken - 1` from its token on."""
    inside = np.ones(len(tokens), bool)  # (N - j,): has the sentence j + 1 words from this token on?
    for j in range(done + taken):
        if j:
            inside = inside[:-1] & (tokens[j - 1 : -1] != END_ID)
        if j >= done:
            windows <<= bits
            windows[: len(inside)] |= (tokens[j:] + 1) * inside


def _read_off(windows, bits, taken, V):
    """The tables of `taken` further orders from sorted windows, in which each k-gram is a run that agrees in k words.

    Args:
        windows: (N,) int64, sorted: a rank, and then `taken` digits. Left in it are the ranks in the last table, as
            far as there are that many words.

    Returns: list of (keys, count).
    """
    tables = [([], [np.zeros(1, np.int32)], 0) for _ in range(taken)]
    before = -1  # agrees with no window
    for start in range(0, len(windows), _BLOCK):
        part = windows[start : start + _BLOCK]
        change = part ^ np.append(before, part[:-1])
        change[change < 0] = np.iinfo(np.int64).max  # the first of all
        before = part[-1]
        below = part >> taken * bits  # ranks in the table below
        for i, (keys, counts, total) in enumerate(tables):
            left = (taken - 1 - i) * bits  # digits beyond the k-gram's own
            digit = part >> left & (1 << bits) - 1
            inside = digit > 0
            opens = inside & (change >> left > 0)
            ranks = total - 1 + np.cumsum(opens)
            keys.append(below[opens] * V + digit[opens] - 1)
            found = np.bincount(ranks[inside] - (total - 1), minlength=len(keys[-1]) + 1).astype(np.int32)
            counts[-1][-1] += found[0]  # the last run may go on in this block
            if len(found) > 1:
                counts.append(found[1:])
            tables[i], below = (keys, counts, total + len(keys[-1])), ranks
        part[:] = np.maximum(below, 0)
    return [(np.concatenate(keys), np.concatenate(counts)[1:]) for keys, counts, _ in tables]


def _with_continuations(levels, V):
    """Each k-gram without its first word is a (k - 1)-gram that one more word stands before."""
    suffix = np.zeros(len(levels[0][0]), np.int32)  # ranks in the level below: at k = 1, of the empty n-gram
    for (keys, count), (longer, _) in zip(levels, levels[1:]):
        suffixes = np.empty(len(longer), np.int32)
        for start in range(0, len(longer), _BLOCK):
            context, word = np.divmod(longer[start : start + _BLOCK], V)
            suffixes[start : start + _BLOCK] = np.searchsorted(keys, suffix[context] * np.int64(V) + word)
        suffix = suffixes
        yield Level(keys, count, np.bincount(suffix, minlength=len(keys)).astype(np.int32), V)
    yield Level(*levels[-1], None, V)
