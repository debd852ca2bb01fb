"""Both rungs of counting: against numbers counted by hand, against each other, and what must add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ngram import counting
from coursekit.ngram.counting import END, START, UNKNOWN, backend, packed, reference

RUNGS = {"reference": reference, "packed": packed, "backend": backend}
over_rungs = pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)


def draw(tokens, words=9, longest=12, seed=0):
    """Sentences of so many words in all, END not counted, with many repetitions."""
    random = np.random.default_rng(seed)
    text = [f"w{i}" for i in (random.random(tokens) ** 2 * words).astype(int)]
    cuts = np.cumsum(random.integers(1, longest, tokens))
    return [text[a:b] for a, b in zip([0, *cuts], cuts) if text[a:b]]


def assert_same(a, b):
    assert dict(a.ids) == dict(b.ids)
    assert len(a.levels) == len(b.levels)
    for ours, theirs in zip(a.levels, b.levels):
        assert ours.keys.tolist() == theirs.keys.tolist()
        assert ours.count.tolist() == theirs.count.tolist()
        assert ours.words == theirs.words
        if theirs.continuation is None:
            assert ours.continuation is None
        else:
            assert ours.continuation.tolist() == theirs.continuation.tolist()


@over_rungs
def test_three_sentences_by_hand(rung):
    # START a b END, START a c END, START b END
    counts = rung.count_ngrams([["a", "b"], ["a", "c", END], ["b"]], 3)
    assert counts.words == (END, START, UNKNOWN, "a", "b", "c")
    assert counts.counts(1) == {("a",): 2, ("b",): 2, ("c",): 1, (END,): 3}
    assert counts.counts(2) == {
        (START, "a"): 2, (START, "b"): 1, ("a", "b"): 1, ("a", "c"): 1, ("b", END): 2, ("c", END): 1
    }  # fmt: skip
    assert counts.counts(3) == {
        (START, "a", "b"): 1, (START, "a", "c"): 1, (START, "b", END): 1, ("a", "b", END): 1, ("a", "c", END): 1
    }  # fmt: skip
    # before a: START; before b: START, a; before c: a; before END: b, c
    assert counts.continuations(1) == {("a",): 1, ("b",): 2, ("c",): 1, (END,): 2}
    # before b END: START, a; before START nothing
    assert counts.continuations(2) == {("a", "b"): 1, ("a", "c"): 1, ("b", END): 2, ("c", END): 1}
    # once: START b, a b, a c, c END; twice: START a, b END
    assert [counts.counts_of_counts(k) for k in (1, 2, 3)] == [{1: 1, 2: 2, 3: 1}, {1: 4, 2: 2}, {1: 5}]
    with pytest.raises(ValueError, match="k: expected 1 to 2, below the highest order counted, got 3"):
        counts.continuations(3)


@pytest.mark.parametrize("order", range(1, 8))
@pytest.mark.parametrize("tokens", [1, 2, 63, 64, 65, 400])
def test_packed_equals_the_reference(order, tokens):
    sentences = draw(tokens, seed=tokens)
    assert_same(packed.count_ngrams(sentences, order), reference.count_ngrams(sentences, order))


# 12 different words need 4 bits, and so does a rank below 16: a sort takes two or three words, and then one at a time
@pytest.mark.parametrize("bits", [13, 16, 20])
@pytest.mark.parametrize("order", [2, 3, 4, 5, 7])
def test_words_that_do_not_fit_are_sorted_in_several_turns(monkeypatch, bits, order):
    monkeypatch.setattr(packed, "_BITS", bits)
    sentences = draw(300, seed=order)
    assert_same(packed.count_ngrams(sentences, order), reference.count_ngrams(sentences, order))


# a block may end within a run, or hold a part of a run and nothing else
@pytest.mark.parametrize("block", [1, 2, 7, 64, 10**6])
@pytest.mark.parametrize("bits", [16, 63])
def test_blocks_of_any_size(monkeypatch, block, bits):
    monkeypatch.setattr(packed, "_BLOCK", block)
    monkeypatch.setattr(packed, "_BITS", bits)
    sentences = draw(200, words=3, seed=block)
    assert_same(packed.count_ngrams(sentences, 4), reference.count_ngrams(sentences, 4))


def test_a_large_vocabulary():
    # 2^15 words need 16 bits: three words in a sort, and three more behind a rank; one more would be too many
    sentences, vocabulary = draw(300), [f"w{i}" for i in range(2**15)]
    counts = [rung.count_ngrams(sentences, 7, vocabulary=vocabulary) for rung in (packed, reference)]
    assert_same(*counts)


@given(
    st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=9), min_size=1, max_size=9), st.integers(1, 7)
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_text(sentences, order):
    assert_same(packed.count_ngrams(sentences, order), reference.count_ngrams(sentences, order))


@over_rungs
def test_a_closed_vocabulary_reads_other_words_as_unknown(rung):
    counts = rung.count_ngrams([["a", "z", "b"], ["y"]], 2, vocabulary=["b", "a", "q"])
    assert counts.words == (END, START, UNKNOWN, "b", "a", "q")
    assert counts.counts(1) == {("a",): 1, ("b",): 1, (UNKNOWN,): 2, (END,): 2}
    assert counts.counts(2)["a", UNKNOWN] == 1
    # a vocabulary may name END, and words twice
    again = rung.count_ngrams([["a", "z", "b"], ["y"]], 2, vocabulary=(END, "b", "a", "q", "a"))
    assert_same(again, counts)


@over_rungs
def test_a_sentence_without_words_has_an_end(rung):
    counts = rung.count_ngrams([["a"], [END]], 2)
    assert counts.counts(1) == {("a",): 1, (END,): 2}
    assert counts.counts(2) == {(START, "a"): 1, (START, END): 1, ("a", END): 1}


@over_rungs
def test_an_end_of_one_s_own(rung):
    counts = rung.count_ngrams([["a", "."], ["b"]], 2, end=".")
    assert counts.counts(1) == {("a",): 1, ("b",): 1, (".",): 2}
    with pytest.raises(ValueError, match=f"end: expected a word of its own, got '{START}'"):
        rung.count_ngrams([["a"]], 2, end=START)
    with pytest.raises(ValueError, match="end: expected words that are str, got int 5 at 0"):
        rung.count_ngrams([["a"]], 2, end=5)


@pytest.mark.parametrize("seed", range(3))
def test_what_must_add_up(seed):
    sentences = draw(500, seed=seed)
    counts = counting.count_ngrams(sentences, 5)
    tokens = sum(map(len, sentences)) + len(sentences)
    for k in range(1, 6):
        # as many k-grams as there are places that they can end at: k - 2 words of each sentence are too early
        assert sum(counts.counts(k).values()) == sum(max(0, len(s) + 1 - max(0, k - 2)) for s in sentences)
    assert sum(counts.counts(1).values()) == tokens
    for k in range(1, 5):
        # each (k + 1)-gram is one more word before its last k
        assert sum(counts.continuations(k).values()) == len(counts.counts(k + 1))
        # what is not at the end of a sentence goes on
        goes_on = {}
        for gram, count in counts.counts(k + 1).items():
            goes_on[gram[:-1]] = goes_on.get(gram[:-1], 0) + count
        expected = {gram: count for gram, count in counts.counts(k).items() if gram[-1] != END}
        starts = {gram: count for gram, count in goes_on.items() if gram == (START,)}
        assert goes_on == expected | starts


def test_ranks_and_ids_are_inverses():
    counts = counting.count_ngrams(draw(200), 4)
    for k in range(5):
        for rank in range(len(counts.levels[k - 1].keys) if k else 1):
            assert counts.rank(counts.ids_of(k, rank)) == rank
    assert counts.rank((counts.ids["w0"], 0, counts.ids["w0"])) == -1
    assert counts.rank((99, 0)) == -1
    # no sentence has four words here
    short = counting.count_ngrams([["a"]], 4)
    assert short.rank((1, short.ids["a"], 0)) == 0
    assert short.rank((1, short.ids["a"], 0, 0)) == -1


def test_what_follows_a_context():
    counts = counting.count_ngrams([["a", "b"], ["a", "c"]], 2)
    level = counts.levels[1]
    after = level.after(counts.rank((counts.ids["a"],)))
    assert [counts.words[i] for i in level.word[after]] == ["b", "c"]
    assert level.word[level.after(-1)].tolist() == []


@over_rungs
def test_sentences_may_come_one_by_one_and_be_any_iterable(rung):
    assert_same(rung.count_ngrams((iter(s) for s in (["a", "b"], ["b"])), 2), rung.count_ngrams([["a", "b"], ["b"]], 2))


@over_rungs
@pytest.mark.parametrize(
    ("sentences", "order", "message"),
    [
        ([["a"]], 0, "order: expected a whole number from 1 to 7, got 0"),
        ([["a"]], 8, "order: expected a whole number from 1 to 7, got 8"),
        ([["a"]], 2.0, r"order: expected a whole number from 1 to 7, got 2\.0"),
        ([["a"]], True, "order: .* got True"),
        ([], 2, "sentences: expected at least one, got none"),
        ([["a"], []], 2, f"sentence 1: expected words, or '{END}' alone, got nothing"),
        ("a b", 2, "sentences: expected lists of words, got str"),
        (b"a b", 2, "sentences: expected lists of words, got bytes"),
        (None, 2, "sentences: expected lists of words, got NoneType"),
        ([["a"], "ab"], 2, "sentence 1: expected a list of words, got str 'ab'"),
        ([["a"], 5], 2, "sentence 1: expected a list of words, got int 5"),
        ([["a", b"b"]], 2, "sentence 0: expected words that are str, got bytes b'b' at 1"),
        ([["a"], ["b", 5]], 2, "sentence 1: expected words that are str, got int 5 at 1"),
        ([[["a"]]], 2, r"sentence 0: expected words that are str, got list \['a'\] at 0"),
        ([["a"], ["b", END, "c"]], 2, f"sentence 1: expected '{END}' at the end alone, got it at 1"),
        ([["a", END, END]], 2, f"sentence 0: expected '{END}' at the end alone, got it at 1"),
        ([["a"], ["b", START]], 2, f"sentence 1: expected '{START}' before the first word alone, got it at 1"),
        ([[START, "b"]], 2, f"sentence 0: expected '{START}' before the first word alone, got it at 0"),
    ],
)
def test_bad_input_is_one_clear_line(rung, sentences, order, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        rung.count_ngrams(sentences, order)


@over_rungs
def test_an_iterator_may_bring_no_words_either(rung):
    with pytest.raises(ValueError, match="^sentence 1: expected words that are str, got int 5 at 1$"):
        rung.count_ngrams(iter([["a"], iter(["b", 5])]), 2)


@over_rungs
@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        ("ab", "vocabulary: expected a list of words, got str 'ab'"),
        (["a", 3], "vocabulary: expected words that are str, got int 3 at 1"),
    ],
)
def test_a_vocabulary_that_is_none(rung, vocabulary, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        rung.count_ngrams([["a"]], 2, vocabulary=vocabulary)


def test_which_rung():
    assert counting.explain_backend().startswith("packed: ")
