from itertools import islice
from math import log2
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.corpus.markov_chain import MarkovChain
from coursekit.scoring.guessing import guess_ranks, guessing_bounds


def test_ranks_by_hand():
    model = SimpleNamespace(next_distribution=lambda prefix: {"b": 0.3, "a": 0.3, "c": 0.4, "d": 0.0})
    # c first; then a and b, alike, by the alphabet; d and x can never be right
    assert guess_ranks(model, [["c", "a", "b"], ["d", "x"]]) == [[1, 2, 3], [4, 4]]
    turns = {(): {"a": 1.0}, ("a",): {"a": 0.1, "b": 0.9}}
    model = SimpleNamespace(next_distribution=lambda prefix: turns[tuple(prefix)])
    assert guess_ranks(model, [["a", "a"]]) == [[1, 2]]


def test_bounds_by_hand():
    # four words: two at once, one at the second guess, one at the third: q = 1/2, 1/4, 1/4
    # lower: 1 (1/4) log2 1 + 2 * 0 + 3 * 1/4 log2 3; upper: 1/2 + 1/2 + 1/2
    assert guessing_bounds([1, 3, 1, 2]) == pytest.approx((0.75 * log2(3), 1.5), abs=1e-15)
    # always at once: nothing is left to know. A guess that nobody needed counts as 0
    assert guessing_bounds([1, 1]) == (0, 0)
    # q_2 = 0 < q_3: 1 (1/2) 0 + 2 (0 - 1/2) + 3 * 1/2 log2 3
    assert guessing_bounds([1, 3])[0] == pytest.approx(-1 + 1.5 * log2(3), abs=1e-15)
    for ranks in ([], [0, 1]):
        with pytest.raises(ValueError, match="^ranks: expected whole numbers >= 1, at least one, got "):
            guessing_bounds(ranks)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=9))
@settings(derandomize=True, deadline=None)
def test_the_bounds_hold_for_one_context(weights):
    # a player who knows p guesses in its order, so q = p sorted: lower <= H(p) = upper
    q = sorted(weights, reverse=True)
    lower, upper = guessing_bounds([i for i, weight in enumerate(q, 1) for _ in range(weight)])
    entropy = -sum(w / sum(q) * log2(w / sum(q)) for w in q)
    assert lower <= entropy + 1e-9
    assert upper == pytest.approx(entropy, abs=1e-9)


def test_they_hold_the_entropy_of_a_source_whose_player_knows_it():
    chain = MarkovChain(words=6, branches=3, length=12)
    stories = list(islice(chain.stories(1), 1500))
    lower, upper = guessing_bounds([rank for ranks in guess_ranks(chain, stories) for rank in ranks])
    assert lower < chain.entropy_rate() < upper
