"""`count_ngrams`: the choice of its rung."""

from coursekit.ngram.counting import packed
from coursekit.ngram.counting.text import END


def count_ngrams(sentences, order, end=END, vocabulary=None):
    """All n-grams of a text up to an order, by the fastest rung.

        count(g) = places of the text where g stands;    continuation(g) = |{v : count(v g) > 0}|

    Args, Returns, Raises: as in `coursekit.ngram.counting.reference.count_ngrams`.

    Source: Chen & Goodman 1999, section 2.
    Taught in: 01-historia
    """
    return packed.count_ngrams(sentences, order, end, vocabulary)


def explain_backend():
    """Which rung `count_ngrams` takes, and why.

    Returns: one line of text, "name: reason".
    Taught in: 01-historia
    """
    return "packed: one sort for all orders, for any vocabulary and any length"
