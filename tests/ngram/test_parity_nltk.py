"""Against nltk.lm, where its conventions agree with ours.

Where they do not: nltk pads with order - 1 starts, and needs them, since it counts continuations of contexts with a
start too (ours count those as they are, as SRILM and KenLM do: worked by hand in test_smoothing.py); its lowest order
is not interpolated with 1 / |V|, so it gives unknown words nothing; it has one discount, given and not estimated. So
it is given our n-grams and our lowest order, and asked after contexts without a start, at which all else is the same.
"""

from itertools import islice, product

import pytest
from nltk.lm import AbsoluteDiscountingInterpolated, KneserNeyInterpolated, Lidstone, WittenBellInterpolated

from coursekit.corpus import cuentos
from coursekit.ngram import AbsoluteDiscounting, Additive, KneserNey, WittenBell
from coursekit.ngram.counting import END, START

STORIES = list(islice(cuentos.stories(2), 40))
WORDS = sorted({word for story in STORIES for word in story})


class KneserNeyWith(KneserNey):
    def _discounts(self, n, k):
        return (0.1,)


class AbsoluteWith(AbsoluteDiscounting):
    def _discounts(self, n, k):
        return (0.1,)


def ngrams(order):
    """All n-grams of the stories that end with a word that is predicted."""
    for story in STORIES:
        tokens = (START, *story)
        yield [
            tokens[max(0, i + 1 - k) : i + 1] for i in range(1, len(tokens)) for k in range(1, min(order, i + 1) + 1)
        ]


def fitted(theirs, ours, order):
    theirs.fit(ngrams(order), [*WORDS, START])
    ours.fit(STORIES, [*WORDS, "zzzz"])  # where theirs has the start, a word like any other
    if hasattr(theirs, "estimator"):
        theirs.estimator.unigram_score = ours.prob
    return theirs, ours


def contexts(length, has_start):
    seen = {tuple(story[i : i + length]) for story in STORIES for i in range(len(story) - length)}
    if has_start:
        seen |= {(START, *story[: length - 1]) for story in STORIES if length}
    return sorted(seen)[::7] + [("zzz",) * length, (WORDS[3],) * length]


@pytest.mark.parametrize(
    ("theirs", "ours", "has_start"),
    [
        (lambda n: KneserNeyInterpolated(n, discount=0.1), lambda n: KneserNeyWith(n, modified=False), False),
        (lambda n: AbsoluteDiscountingInterpolated(n, discount=0.1), AbsoluteWith, True),
        (WittenBellInterpolated, WittenBell, True),
    ],
)
@pytest.mark.parametrize("order", [2, 3, 4])
def test_every_probability_is_nltk_s(theirs, ours, has_start, order):
    theirs, ours = fitted(theirs(order), ours(order), order)
    # a pair may open with the start: it is of the highest order, which both count as it is
    has_start = has_start or order == 2
    for context, word in product(contexts(order - 1, has_start)[:40], WORDS[::9]):
        expected = theirs.unmasked_score(word, context)
        assert ours.prob(word, context) == pytest.approx(expected, rel=1e-12, abs=1e-15), (context, word)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_additive_is_nltk_s(order):
    theirs, ours = fitted(Lidstone(0.3, order), Additive(order, delta=0.3), order)
    assert len(theirs.vocab) == ours.vocabulary_size
    for context, word in product(contexts(order - 1, True)[:40], WORDS[::9]):
        assert ours.prob(word, context) == pytest.approx(theirs.unmasked_score(word, context), rel=1e-12)


@pytest.mark.parametrize("order", [1, 3])
def test_counts_are_nltk_s(order):
    theirs, ours = fitted(Lidstone(1, order), Additive(order), order)
    for k in range(1, order + 1):
        for gram, count in ours.counts.counts(k).items():
            assert theirs.counts[gram[-1]] == count if k == 1 else theirs.counts[list(gram[:-1])][gram[-1]] == count
    assert END in WORDS
