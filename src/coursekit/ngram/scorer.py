"""All words of many sentences at once, with no loop but the one over orders.

The k-gram that ends at a word is the (k - 1)-gram that ended at the word before, and this word: so the ranks of one
order are looked up from those of the order below, one place earlier.
"""

import numpy as np

from coursekit.ngram.counting.text import START_ID, read


def find_ngrams(counts, tokens):
    """The rank of the k-gram that ends at each token, for every order.

        rank_0 = 0;    rank_k(t) = find(rank_(k-1)(t - 1), w_t)

    Args:
        counts: a `Counts`.
        tokens: (N,) ids, sentences that each open with START.

    Returns: list of n + 1 arrays (N,) int64; -1 where the k-gram has not been seen, or would begin before START.
    Taught in: 01-historia
    """
    ranks = [np.zeros(len(tokens), np.int64)]
    for k, level in enumerate(counts.levels, 1):
        before = ranks[-1] if k == 1 else shift(ranks[-1])
        known = np.flatnonzero(before >= 0)
        rank = np.full(len(tokens), -1)
        rank[known] = level.find(before[known], tokens[known])
        ranks.append(rank)
    return ranks


def shift(rank):
    """What stood one place earlier; -1 in the first place."""
    return np.concatenate([[-1], rank[:-1]])


def token_log2_probabilities(model, sentences):
    """`NGram.token_log2_probabilities`.

    Args:
        model: an `NGram` that was fitted.
        sentences: iterable of lists of str.

    Returns: list of float64 arrays, bits, one a sentence.
    Taught in: 01-historia
    """
    text = read(sentences, model.counts.ids.closed())
    tokens = text.tokens
    ranks = find_ngrams(model.counts, tokens)
    age = np.arange(len(tokens)) - np.repeat(text.starts, np.diff(text.starts, append=len(tokens)))  # words before it
    p = np.full(len(tokens), 1 / model.vocabulary_size)
    for k, (alpha, gamma) in enumerate(model.levels, 1):
        context = ranks[0] if k == 1 else shift(ranks[k - 1])
        p = np.where(age >= k - 1, model._combine(alpha, gamma, ranks[k], context, p), p)
    bits = np.log2(p[tokens != START_ID])
    return np.split(bits, (text.starts - np.arange(len(text.starts)))[1:])
