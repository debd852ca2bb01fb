"""Counting n-grams with dictionaries.

Leaves out every economy: each n-gram is a tuple of its own, and so is each of its parts.
"""

from collections import Counter, defaultdict

import numpy as np

from coursekit.ngram.counting.checks import check_order
from coursekit.ngram.counting.tables import Counts, Level
from coursekit.ngram.counting.text import END, START_ID, Ids, read


def count_ngrams(sentences, order, end=END, vocabulary=None):
    """How often each n-gram of every order up to n occurs, and how many different words stand before it.

        count(g) = places of the text where g stands;    continuation(g) = |{v : count(v g) > 0}|

    Every sentence stands alone, from START to END; an n-gram ends with a word that is predicted, so never with START.

    Args:
        sentences: iterable of lists of str; read once.
        order: n, 1 to 7.
        end: the word that closes sentences, added where it is missing.
        vocabulary: words; others become UNKNOWN. None = the words of the text.

    Returns: a `Counts`.
    Raises: ValueError when the order is none, there is no sentence, or one is empty or no list of str.

    Source: Chen & Goodman 1999, section 2; N1+(. w): section 2.7.
    Taught in: 01-historia
    """
    check_order(order)
    text = read(sentences, Ids(end, vocabulary))
    counts = [Counter() for _ in range(order)]
    for sentence in np.split(text.tokens, text.starts[1:]):
        sentence = tuple(sentence.tolist())
        for last in range(1, len(sentence)):
            for k in range(1, min(order, last + 1) + 1):
                counts[k - 1][sentence[last + 1 - k : last + 1]] += 1
    before = defaultdict(set)
    for longer in counts[1:]:
        for first, *rest in longer:
            before[tuple(rest)].add(first)
    counts[0][START_ID,] = 0  # a context, and never predicted
    return _tables(text.ids, counts, {gram: len(words) for gram, words in before.items()})


def _tables(ids, counts, continuations):
    levels, ranks = [], {(): 0}
    for counter in counts:
        grams = sorted(counter)
        keys = [ranks[gram[:-1]] * len(ids) + gram[-1] for gram in grams]
        continuation = [continuations.get(gram, 0) for gram in grams] if counter is not counts[-1] else None
        levels.append(
            Level(
                np.array(keys, np.int64),
                np.array([counter[gram] for gram in grams], np.int32),
                None if continuation is None else np.array(continuation, np.int32),
                len(ids),
            )
        )
        ranks = {gram: rank for rank, gram in enumerate(grams)}
    return Counts(ids, tuple(levels))
