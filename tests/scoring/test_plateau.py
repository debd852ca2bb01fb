from itertools import islice
from math import log2
from types import SimpleNamespace

import pytest

from coursekit.corpus import cuentos
from coursekit.corpus.markov_chain import MarkovChain
from coursekit.ngram import KneserNey
from coursekit.scoring import paired_excess
from coursekit.scoring.plateau import ngram_plateau


def test_by_hand():
    # after a name, x: the same name again is certain. A bigram sees x alone, and has to give 1/2 to each
    table = {
        (): {"a": 0.5, "b": 0.5},
        ("a",): {"x": 1.0},
        ("b",): {"x": 1.0},
        ("a", "x"): {"a": 1.0},
        ("b", "x"): {"b": 1.0, "c": 0.0},
    }
    corpus = SimpleNamespace(next_distribution=lambda prefix: table[tuple(prefix)])
    stories = [["a", "x", "a"], ["b", "x", "b"]]
    # one bit at two of six places
    assert ngram_plateau(stories, corpus, 2) == pytest.approx(2 / 6)
    # three words see the name
    assert ngram_plateau(stories, corpus, 3) == 0
    # a unigram has one q for all: of the six places a and b have 1/2 + 1/2 + 1 each, and x has 2
    q = {"a": 2 / 6, "x": 2 / 6}
    expected = (2 * log2(0.5 / q["a"]) + 2 * log2(1 / q["x"]) + 2 * log2(1 / q["a"])) / 6
    assert ngram_plateau(stories, corpus, 1) == pytest.approx(expected)
    for order in (0, 2.0):
        with pytest.raises(ValueError, match=f"^order: expected a whole number >= 1, got {order}$"):
            ngram_plateau(stories, corpus, order)
    with pytest.raises(ValueError, match="^stories: expected at least one word, got none$"):
        ngram_plateau([], corpus, 2)


def test_an_order_2_chain_has_none_from_three_words_on():
    chain = MarkovChain(words=4, branches=3, length=9)
    stories = list(islice(chain.stories(0), 2500))
    assert ngram_plateau(stories[:200], chain, 3) == pytest.approx(0, abs=1e-12)
    # a pair blurs its contexts (before, last) by how often each is visited: exactly
    visits, p = chain._visits(), chain._next
    exact = 0.0
    for last in range(5):
        mine = visits[:, last] > 0
        weights, rows = visits[mine, last], p[mine, last]
        q = weights @ rows / weights.sum()
        exact += sum(w * sum(m * log2(m / n) for m, n in zip(row, q) if m) for w, row in zip(weights, rows))
    exact /= visits.sum()
    # some 22 000 contexts, each within half a bit of the mean: 4 * 0.5 / sqrt(22 000) = 0.014
    assert ngram_plateau(stories, chain, 2) == pytest.approx(exact, abs=0.014)
    assert exact > 0.2


def test_on_stories_it_falls_with_the_order_and_no_model_passes_below():
    stories = list(islice(cuentos.stories(3), 60))
    plateaus = [ngram_plateau(stories, cuentos, order) for order in (1, 2, 3, 5)]
    assert plateaus == sorted(plateaus, reverse=True)
    assert plateaus[0] > 3
    assert plateaus[-1] > 0
    model = KneserNey(2).fit(islice(cuentos.stories(0), 2000), cuentos.VOCABULARY)
    log2_p, log2_q = ([scorer.log2_probability(s) for s in stories] for scorer in (cuentos, model))
    excess = paired_excess(log2_p, log2_q, [len(s) for s in stories])
    assert plateaus[1] < excess.mean + 4 * excess.standard_error
