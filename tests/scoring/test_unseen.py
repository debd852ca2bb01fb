from itertools import islice
from math import sqrt
from types import SimpleNamespace

import pytest

from coursekit.corpus.markov_chain import MarkovChain
from coursekit.ngram import good_turing
from coursekit.ngram.counting import END, count_ngrams
from coursekit.scoring.unseen import unseen_mass


def test_by_hand():
    counts = count_ngrams([["a", "b"], ["a", "c"]], 3)
    table = {(): {"a": 0.75, "x": 0.25}, ("a",): {"b": 0.5, "c": 0.25, "d": 0.25}, ("a", "b"): {END: 0.875, "a": 0.125}}
    corpus = SimpleNamespace(next_distribution=lambda prefix: table[tuple(prefix)])
    stories = [["a", "b", END]]
    # words: x and d are new, and a after a b is not
    assert unseen_mass(counts, 1, stories, corpus) == pytest.approx((0.25 + 0.25 + 0) / 3)
    # pairs: START x; a d; b a
    assert unseen_mass(counts, 2, stories, corpus) == pytest.approx((0.25 + 0.25 + 0.125) / 3)
    # triples, from the second word on: START a d; a b a
    assert unseen_mass(counts, 3, stories, corpus) == pytest.approx((0.25 + 0.125) / 2)
    # a context that was never seen: everything after it is new
    table[("b",)] = {"a": 1.0}
    assert unseen_mass(counts, 3, [["b", "a"]], corpus) == 1
    for k in (0, 4, "2"):
        with pytest.raises(ValueError, match=f"^k: expected a whole number from 1 to 3, got {k!r}$"):
            unseen_mass(counts, k, stories, corpus)
    with pytest.raises(ValueError, match="^stories: expected one of at least 2 words, got none$"):
        unseen_mass(counts, 3, [["a"]], corpus)


@pytest.mark.parametrize("k", [2, 3])
def test_good_and_turing_were_right(k):
    """n1 / N over many texts has the mean of the exact mass, but for n1 / N being that of a text one longer."""
    chain = MarkovChain(words=12, branches=6, length=8)
    fresh = list(islice(chain.stories(99), 150))
    gaps = []
    for seed in range(12):
        counts = count_ngrams(islice(chain.stories(seed), 60), 3, vocabulary=chain.VOCABULARY)
        gaps.append(good_turing.unseen_mass(counts, k) - unseen_mass(counts, k, fresh, chain))
    mean = sum(gaps) / len(gaps)
    spread = sqrt(sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1) / len(gaps))
    # the fresh contexts are the same for all twelve: their own luck is at most that of 150 stories, some 0.02
    assert abs(mean) < 4 * spread + 0.02
