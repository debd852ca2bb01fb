from collections import Counter
from itertools import islice
from math import log2, sqrt

import pytest

from coursekit.corpus.markov_chain import MarkovChain
from coursekit.ngram import KneserNey
from coursekit.scoring import paired_excess

CHAIN = MarkovChain(words=5, branches=3, length=7, seed=1)


def all_stories(chain, longest):
    """Every story of at most so many tokens, with its probability, from next_distribution alone."""
    open_, found = {(): 1.0}, {}
    for _ in range(longest):
        longer = {}
        for prefix, p in open_.items():
            for word, q in chain.next_distribution(prefix).items():
                (found if word == chain.END else longer)[(*prefix, word)] = p * q
        open_ = longer
    return found


def test_two_words_by_hand():
    # one branch: after each pair the next word is certain, but for END, 1 / (length - 1) after any word
    chain = MarkovChain(words=2, branches=1, length=5)
    assert list(chain.next_distribution([]).values()) == [pytest.approx(1)]
    (first,) = chain.next_distribution([])
    after = chain.next_distribution([first])
    assert (after[chain.END], sum(after.values())) == (pytest.approx(1 / 4), pytest.approx(1))
    assert len(after) == 2
    # so a story is a number of words, geometric with 1/4: 4 on average, H = (1/4 log2 4 + 3/4 log2 4/3) / (1/4)
    assert chain.expected_length() == pytest.approx(5, abs=1e-12)
    entropy = (1 / 4 * 2 + 3 / 4 * log2(4 / 3)) * 4
    assert chain.story_entropy() == pytest.approx(entropy, abs=1e-12)
    assert chain.entropy_rate() == pytest.approx(entropy / 5, abs=1e-12)
    assert chain.log2_probability([first, chain.END]) == pytest.approx(-2, abs=1e-12)


def test_entropy_length_and_counts_are_those_of_all_stories():
    chain = MarkovChain(words=2, branches=2, length=2.5, seed=4)
    stories = all_stories(chain, 17)  # after 17 tokens 1/3^16 is left, some 2e-8, and its bits
    assert sum(stories.values()) == pytest.approx(1, abs=1e-7)
    assert -sum(p * log2(p) for p in stories.values()) == pytest.approx(chain.story_entropy(), abs=1e-5)
    assert sum(p * len(s) for s, p in stories.items()) == pytest.approx(chain.expected_length(), abs=1e-5)
    counts = chain.expected_counts()
    for word in chain.VOCABULARY:
        assert sum(p * s.count(word) for s, p in stories.items()) == pytest.approx(counts[word], abs=1e-5)
    for story, p in islice(stories.items(), 50):
        assert chain.log2_probability(story) == pytest.approx(log2(p), abs=1e-9)


def test_stories_are_drawn_as_they_are_scored():
    stories = list(islice(CHAIN.stories(2), 4000))
    assert stories[:50] == list(islice(CHAIN.stories(2), 50))
    assert stories[:50] != list(islice(CHAIN.stories(3), 50))
    bits = [-CHAIN.log2_probability(story) for story in stories]
    mean = sum(bits) / len(bits)
    error = sqrt(sum((b - mean) ** 2 for b in bits) / len(bits) / len(bits))
    assert abs(mean - CHAIN.story_entropy()) < 4 * error
    firsts = Counter(story[0] for story in stories)
    for word, p in CHAIN.next_distribution([]).items():
        assert abs(firsts[word] - 4000 * p) < 5 * sqrt(4000 * p * (1 - p))


def test_two_words_decide_and_no_more():
    a, b, c, d, e = CHAIN.VOCABULARY[1:]
    assert (
        CHAIN.next_distribution([a, b, c])
        == CHAIN.next_distribution([d, b, c])
        == CHAIN.next_distribution([e, e, b, c])
    )
    assert CHAIN.next_distribution([a, c]) != CHAIN.next_distribution([b, c])
    assert all(len(CHAIN.next_distribution([x, y])) == 4 for x in CHAIN.VOCABULARY[1:] for y in (a, b))
    assert CHAIN.next_distribution([a, CHAIN.END]) == {}
    assert MarkovChain(words=5, branches=3, seed=1).next_distribution([a]) != CHAIN.next_distribution([a])
    assert MarkovChain(words=5, branches=3, length=7, seed=2).next_distribution([a]) != CHAIN.next_distribution([a])


@pytest.mark.filterwarnings("ignore:order .*no three discounts")
def test_an_n_gram_learns_it_to_the_last_bit_and_a_shorter_one_never():
    train, test = list(islice(CHAIN.stories(5), 8000)), list(islice(CHAIN.stories(6), 2000))
    log2_p, lengths = [CHAIN.log2_probability(s) for s in test], [len(s) for s in test]
    excess = {}
    for order in (2, 3):
        model = KneserNey(order).fit(train, CHAIN.VOCABULARY)
        excess[order] = paired_excess(
            log2_p, [bits.sum() for bits in model.token_log2_probabilities(test)], lengths
        ).mean
    # 5 * 5 pairs with three free numbers each, of some 44 000 tokens: 75 / (2 ln 2 * 44 000) = 0.001 bits
    assert 0 < excess[3] < 0.02
    assert excess[2] > 0.1


def test_what_is_no_story_is_refused():
    chain = MarkovChain(words=2, branches=1, seed=3)
    (first,) = chain.next_distribution([])
    (other,) = {"p0", "p1"} - {first}
    for story in ([], [first], [chain.END], [first, chain.END, first, chain.END], [other, chain.END]):
        with pytest.raises(ValueError, match="^expected a story of this chain, closed by '<fin>', got "):
            chain.log2_probability(story)
    with pytest.raises(ValueError, match="VOCABULARY"):
        chain.log2_probability(["zz"])


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"words": 3, "branches": 4}, "expected whole numbers 1 <= branches <= words, got 4 and 3"),
        ({"words": 3, "branches": 0}, "expected whole numbers 1 <= branches <= words, got 0 and 3"),
        ({"words": 3.0, "branches": 2}, r"expected whole numbers 1 <= branches <= words, got 2 and 3\.0"),
        ({"length": 2}, "length: expected above 2 tokens, END counted, got 2"),
    ],
)
def test_sizes_that_do_not_fit(sizes, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        MarkovChain(**sizes)
