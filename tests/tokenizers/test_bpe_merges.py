"""Learning and applying merges: numbers worked by hand, rung against rung, and operations counted."""

import random
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tokenizers import BPE, bpe_incremental, bpe_recount, merge_heap

LEARN = {"recount": bpe_recount.learn_merges, "incremental": bpe_incremental.learn_merges}
APPLY = {"recount": bpe_recount.apply_merges, "heap": merge_heap.apply_merges}


def spell(words):
    alphabet = sorted(set("".join(words)))
    return {tuple(map(alphabet.index, word)): count for word, count in words.items()}, alphabet


def ranked(merges):
    return {pair: (rank, token) for rank, (pair, token) in enumerate(merges.items())}


@pytest.mark.parametrize("learn", LEARN.values(), ids=LEARN)
def test_the_example_of_the_paper_by_hand(learn):
    # low 5, lower 2, newest 6, widest 3. Alphabet: d e i l n o r s t w = 0 .. 9; ties go to the lowest ids.
    # pairs: es 6+3 = 9, st 9, we 2+6 = 8, lo 5+2 = 7, ow 7, ne 6, ew 6, wi 3, id 3, de 3, er 2
    #  1. es 9 (e < s)      then est: es+t 9; w es 6, d es 3; we 2 is left of lower
    #  2. es t 9            3. l o 7 (l < o)       4. lo w 7
    #  5. ne 6, ew 6, w est 6: e w (1, 9) < n e (4, 1) < w est (9, 11)
    #  6. n ew 6, ew est 6: n (4) < ew (14)        7. new est 6
    #  8. d est 3, i d 3, w i 3: d < i < w         9. i dest 3     10. w idest 3
    # 11. e r 2, low e 2: e < low                 12. low er 2
    words, alphabet = spell({"low": 5, "lower": 2, "newest": 6, "widest": 3})
    vocabulary, merges = learn(words, alphabet, 10 + 12)
    learned = ["es", "est", "lo", "low", "ew", "new", "newest", "dest", "idest", "widest", "er", "lower"]
    assert vocabulary == [*"deilnorstw", *learned]
    assert list(merges)[:4] == [(1, 7), (10, 8), (3, 5), (12, 9)]
    assert list(merges.values()) == list(range(10, 22))
    # asked for more, there is nothing left to merge
    assert learn(words, alphabet, 1000) == (vocabulary, merges)
    assert learn(words, alphabet, 12)[0] == vocabulary[:12]
    assert learn(words, alphabet, 10) == (alphabet, {})
    assert learn({}, alphabet, 1000) == (alphabet, {})


@pytest.mark.parametrize("learn", LEARN.values(), ids=LEARN)
def test_overlaps_by_hand(learn):
    # aaaaa: aa stands at 4 places, so it beats bc, which stands at 3; left to right it leaves aa aa a.
    # Then: bc 3, (aa, aa) 1, (aa, a) 1. Then (aa, a) before (aa, aa), for a = 0 < aa = 3.
    words, alphabet = spell({"aaaaa": 1, "bc": 3})
    vocabulary, merges = learn(words, alphabet, 7)
    assert vocabulary == ["a", "b", "c", "aa", "bc", "aaa", "aaaaa"]
    assert merges == {(0, 0): 3, (1, 2): 4, (3, 0): 5, (3, 5): 6}


@pytest.mark.parametrize("learn", LEARN.values(), ids=LEARN)
def test_two_ways_to_one_string_share_a_token(learn):
    words = {(0, 1, 2): 5, (0, 3): 4}  # a b c, and a X, where X reads "bc" too
    vocabulary, merges = learn(words, ["a", "b", "c", "bc"], 6)
    # ab 5, bc 5, aX 4. ab -> 4; (ab, c) 5 -> "abc" = 5: the size is reached
    assert vocabulary == ["a", "b", "c", "bc", "ab", "abc"]
    vocabulary, merges = learn(words | {(2, 2): 1}, ["a", "b", "c", "bc"], 7)
    # a X 4 -> "abc" is there: a merge without a new token; then cc 1
    assert vocabulary == ["a", "b", "c", "bc", "ab", "abc", "cc"]
    assert merges == {(0, 1): 4, (4, 2): 5, (0, 3): 5, (2, 2): 6}


WORDS = st.dictionaries(st.lists(st.integers(0, 3), max_size=12).map(tuple), st.integers(1, 5), max_size=8)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words=WORDS, vocab_size=st.integers(0, 40), apart=st.booleans())
def test_incremental_equals_recount(words, vocab_size, apart):
    # "x" and "xx" in the alphabet: many ways to one string
    alphabet = ["a", "b", "c", "d"] if apart else ["x", "xx", "y", "yx"]
    expected = bpe_recount.learn_merges(words, alphabet, vocab_size)
    result = bpe_incremental.learn_merges(words, alphabet, vocab_size)
    assert (result[0], list(result[1].items())) == (expected[0], list(expected[1].items()))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words=WORDS, word=st.lists(st.integers(0, 3), max_size=70), apart=st.booleans())
def test_heap_equals_rescanning(words, word, apart):
    alphabet = ["a", "b", "c", "d"] if apart else ["x", "xx", "y", "yx"]
    ranks = ranked(bpe_recount.learn_merges(words, alphabet, 40)[1])
    assert merge_heap.apply_merges(word, ranks) == bpe_recount.apply_merges(word, ranks)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_rungs_agree_at_odd_lengths(length):
    rng = random.Random(length)
    words = {tuple(rng.choices(range(3), k=length)): rng.randint(1, 3) for _ in range(5)}
    expected = bpe_recount.learn_merges(words, ["a", "b", "c"], 60)
    assert bpe_incremental.learn_merges(words, ["a", "b", "c"], 60) == expected
    for word in words:
        cut = bpe_recount.apply_merges(word, ranked(expected[1]))
        assert merge_heap.apply_merges(word, ranked(expected[1])) == cut


@pytest.mark.parametrize("apply", APPLY.values(), ids=APPLY)
def test_merges_apply_by_rank_and_then_from_the_left_by_hand(apply):
    # ranks: bc before ab. In abc the b goes to c. In aaa (aa -> 4) the left pair goes first.
    ranks = {(1, 2): (0, 3), (0, 0): (1, 4), (0, 1): (2, 5)}
    assert apply([0, 1, 2], ranks) == [0, 3]
    assert apply([0, 1, 0, 0, 0], ranks) == [5, 4, 0]
    assert apply([], ranks) == []
    assert apply([2], ranks) == [2]
    # (3, 0) has a lower rank than (1, 2) that makes its 3: it is merged before the second bc is
    assert apply([1, 2, 0, 1, 2], {(3, 0): (0, 6), (1, 2): (1, 3), (0, 1): (2, 7)}) == [6, 3]
    assert apply([1, 2, 1, 2], {(3, 1): (0, 6), (1, 2): (1, 3)}) == [6, 2]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(words=WORDS)
def test_training_words_come_out_as_training_left_them(words):
    # identity: each merge takes the count that it was chosen for, and counts never grow from merge to merge
    alphabet = ["a", "b", "c", "d"]
    vocabulary, merges = bpe_recount.learn_merges(words, alphabet, 30)
    remaining, counts = [(list(word), count) for word, count in words.items()], []
    for pair, token in merges.items():
        counts.append(bpe_recount.count_pairs(remaining)[pair])
        remaining = [(bpe_recount.merge_pair(word, pair, token), count) for word, count in remaining]
    assert all(earlier >= later for earlier, later in pairwise(counts))
    assert [merge_heap.apply_merges(word, ranked(merges)) for word in words] == [word for word, _ in remaining]
    # a larger vocabulary begins with the smaller one
    assert bpe_recount.learn_merges(words, alphabet, 10)[0] == vocabulary[:10]


def operations(function, *arguments):
    """Lines of Python that run, counted, not timed; what only a first call does (compiling a pattern) is left out."""
    function(*arguments)
    lines = 0

    def count(frame, event, _):
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("period", [[0], [0, 1], [0, 1, 2, 0, 0, 1]], ids=["one letter", "two", "six"])
def test_long_words_cost_in_proportion(period):
    # twice the word, twice the places: 2, and at most 2.6 with the logarithm. n^2 would give 4.
    def learn(n):
        return bpe_incremental.learn_merges({tuple(period) * n: 1}, ["a", "b", "c"], 12)

    ranks = ranked(learn(400)[1])
    assert operations(learn, 800) <= 2.6 * operations(learn, 400)
    word = period * 400
    longer, shorter = (operations(merge_heap.apply_merges, w, ranks) for w in (2 * word, word))
    assert longer <= 2.6 * shorter
    # the reference grows with n^2, and the counter sees it
    longer, shorter = (operations(bpe_recount.apply_merges, w, ranks) for w in (word[:200], word[:100]))
    assert longer > 3 * shorter


@pytest.mark.parametrize("letter", ["a", "ñ", " ", "\n", "!"])
def test_a_text_of_one_letter_costs_in_proportion(letter):
    # the whole way, words and bytes included; the letter is one word as long as the text, beyond what is remembered
    shorter, longer = (
        (operations(BPE.train, text, 264), operations(BPE.train(text, 264).encode, text))
        for text in (400 * letter, 800 * letter)
    )
    for before, after in zip(shorter, longer):
        assert 1.5 * before <= after <= 2.6 * before
