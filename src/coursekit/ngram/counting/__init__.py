"""Counting n-grams, as a ladder of equal functions.

From slow to fast, both with the same counts:

    reference.py     dictionaries, one n-gram at a time
    packed.py        words packed into whole numbers, and one sort for all orders at once

    text.py          sentences as ids, with their start and end
    tables.py        what is counted: `Counts`, a sorted table for each order
    checks.py        what every rung asks of its arguments
    backend.py       `count_ngrams`: the choice of the rung, and `explain_backend`, which says why

Dimensions, here and in the papers:

    n   order: words of the longest n-grams           Chen & Goodman 1999: n
    k   order of a level, 1 .. n
    M   different k-grams of a level
    N   tokens of the text
    V   words, START and UNKNOWN among them            Chen & Goodman 1999: |V|
"""

from coursekit.ngram.counting.backend import count_ngrams, explain_backend
from coursekit.ngram.counting.tables import Counts
from coursekit.ngram.counting.text import END, START, UNKNOWN

__all__ = ["END", "START", "UNKNOWN", "Counts", "count_ngrams", "explain_backend"]
