from itertools import islice
from math import inf, log2
from types import SimpleNamespace

import pytest

from coursekit.corpus import cuentos
from coursekit.corpus.markov_chain import MarkovChain
from coursekit.ngram import KneserNey
from coursekit.scoring import paired_excess
from coursekit.scoring.next_word import compare_next_words


def test_by_hand():
    source = {(): {"a": 0.5, "b": 0.46, "c": 0.04, "d": 0.0}, ("a",): {"b": 1.0}}
    guess = {(): {"a": 0.25, "b": 0.46, "c": 0.01, "d": 0.18, "e": 0.1}, ("a",): {"a": 0.5, "b": 0.5}}
    corpus, model = (SimpleNamespace(next_distribution=lambda p, t=t: t[tuple(p)]) for t in (source, guess))
    found = compare_next_words(model, [["a", "b"]], corpus)
    # at the start 0.5 log2 2 + 0.04 log2 4; after a, log2 2: the mean of the two
    assert found.divergence == pytest.approx((0.5 + 0.08 + 1) / 2, abs=1e-12)
    # c is the tail (at most 5 %): 0.04 and 0.01 in one of two contexts
    assert (found.tail, found.model_tail) == pytest.approx((0.02, 0.005), abs=1e-12)
    # d and e cannot come, 0.28; nor can a after a, 0.5
    assert found.impossible == pytest.approx((0.28 + 0.5) / 2, abs=1e-12)
    assert found.contexts == 2
    # up to one half, all words of the start are rare, but no certain one
    assert compare_next_words(model, [["a", "b"]], corpus, rare=0.5).tail == pytest.approx(0.5, abs=1e-12)
    # a word of the source that the model does not have
    assert compare_next_words(corpus, [["a"]], SimpleNamespace(next_distribution=lambda p: guess[()])).divergence == inf
    with pytest.raises(ValueError, match="^stories: expected at least one word, got none$"):
        compare_next_words(model, [], corpus)


def test_the_source_is_nothing_away_from_itself():
    stories = list(islice(cuentos.stories(3), 10))
    found = compare_next_words(cuentos, stories, cuentos)
    assert (found.divergence, found.contexts) == (0, sum(map(len, stories)))
    assert found.tail == found.model_tail
    assert found.impossible == pytest.approx(0, abs=1e-12)


@pytest.mark.filterwarnings("ignore:order .*no three discounts")
def test_its_divergence_is_the_excess_but_for_luck():
    chain = MarkovChain(words=6, branches=3)
    model = KneserNey(3).fit(islice(chain.stories(0), 300), chain.VOCABULARY)
    stories = list(islice(chain.stories(1), 400))
    found = compare_next_words(model, stories, chain)
    log2_p, log2_q = ([scorer.log2_probability(story) for story in stories] for scorer in (chain, model))
    excess = paired_excess(log2_p, log2_q, [len(story) for story in stories])
    assert abs(found.divergence - excess.mean) < 4 * excess.standard_error
    assert found.divergence < log2(6)
