"""The unigram model: sums over all segmentations by brute force, EM, pruning, and HF's model."""

import json
import random
from collections import Counter
from importlib import import_module
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tokenizers import Unigram, unigram_lattice, unigram_reference, unigram_train, viterbi
from coursekit.tokenizers.unigram import split_words

RUNGS = {"reference": unigram_reference, "lattice": unigram_lattice}
# sums of at most some thousand terms of order 1 to 100 in float64: rounding below 1e-12 relative
CLOSE = {"rel": 1e-10, "abs": 1e-10}


def segmentations(word):
    if not word:
        yield []
    for t in range(1, len(word) + 1):
        for rest in segmentations(word[t:]):
            yield [word[:t], *rest]


def score(pieces, log_probs):
    return sum(log_probs.get(piece, -np.inf) for piece in pieces)


@st.composite
def models(draw, longest=8):
    words = draw(
        st.dictionaries(st.text("abc", min_size=1, max_size=longest), st.integers(1, 9), min_size=1, max_size=5)
    )
    parts = sorted({w[i:j] for w in words for i in range(len(w)) for j in range(i + 2, len(w) + 1)})
    pieces = [*"abc", *(draw(st.lists(st.sampled_from(parts), unique=True)) if parts else [])]
    return words, {piece: log(draw(st.integers(1, 1000)) / 1000) for piece in pieces}


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_expected_counts_by_hand(rung):
    # p(a) = 1/2, p(b) = 1/4, p(ab) = 1/8. "ab", twice: a b 1/8, ab 1/8: the sum is 1/4, each has half of it.
    # c(a) = c(b) = c(ab) = 2 * 1/2 = 1. "ba", once: b a 1/8: c(a), c(b) grow by 1. log L = 2 log 1/4 + log 1/8
    log_probs = {"a": log(1 / 2), "b": log(1 / 4), "ab": log(1 / 8), "c": 0.0}
    counts, likelihood = rung.expected_counts({"ab": 2, "ba": 1}, log_probs)
    assert counts == pytest.approx({"a": 2, "b": 2, "ab": 1, "c": 0}, **CLOSE)
    assert likelihood == pytest.approx(2 * log(1 / 4) + log(1 / 8), **CLOSE)
    # abb without itself: a b b 1/32, ab b 1/32 ; with p(bb) = 1/8: a bb 1/16 is best
    assert rung.alternatives(log_probs | {"abb": -1.0, "bb": log(1 / 8)}) == pytest.approx(
        {"ab": log(1 / 8), "abb": log(1 / 16), "bb": log(1 / 16)}, **CLOSE
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(model=models())
def test_forward_is_the_sum_over_all_segmentations(model):
    words, log_probs = model
    for word in words:
        alpha = unigram_reference.forward(word, log_probs)
        for t in range(len(word) + 1):
            total = sum(exp(score(pieces, log_probs)) for pieces in segmentations(word[:t]))
            assert exp(alpha[t]) == pytest.approx(total, **CLOSE)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(model=models())
def test_viterbi_finds_the_best_of_all_segmentations(model):
    words, log_probs = model
    for word in words:
        pieces, best = viterbi.segment(word, log_probs, max(map(len, log_probs)), -99.0)
        assert "".join(pieces) == word
        assert best == pytest.approx(score(pieces, log_probs), **CLOSE)
        assert best == pytest.approx(max(score(other, log_probs) for other in segmentations(word)), **CLOSE)
        assert best <= unigram_reference.forward(word, log_probs)[-1] + 1e-10


@settings(max_examples=60, deadline=None, derandomize=True)
@given(model=models())
def test_expected_counts_are_means_over_all_segmentations(model):
    words, log_probs = model
    expected, likelihood = dict.fromkeys(log_probs, 0.0), 0.0
    for word, n in words.items():
        weights = [(pieces, exp(score(pieces, log_probs))) for pieces in segmentations(word)]
        total = sum(weight for _, weight in weights)
        likelihood += n * log(total)
        for pieces, weight in weights:
            for piece in pieces if weight else []:
                expected[piece] += n * weight / total
    for rung in RUNGS.values():
        counts, found = rung.expected_counts(words, log_probs)
        assert counts == pytest.approx(expected, **CLOSE)
        assert found == pytest.approx(likelihood, **CLOSE)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(model=models(longest=20))
def test_lattice_equals_reference(model):
    words, log_probs = model
    assert_rungs_agree(words, log_probs)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_lattice_equals_reference_at_odd_lengths(length):
    rng = random.Random(length)
    words = {"".join(rng.choices("abc", k=n)): n for n in (length, 1 + length // 2, 3)}
    parts = {word[i : i + n] for word in words for i in range(len(word)) for n in (2, 3, 17)}
    assert_rungs_agree(words, {piece: -rng.random() * 9 for piece in [*"abc", *sorted(parts)] if piece})


def assert_rungs_agree(words, log_probs):
    counts, likelihood = unigram_reference.expected_counts(words, log_probs)
    fast_counts, fast_likelihood = unigram_lattice.expected_counts(words, log_probs)
    assert fast_counts == pytest.approx(counts, **CLOSE)
    assert fast_likelihood == pytest.approx(likelihood, **CLOSE)
    assert unigram_lattice.alternatives(log_probs) == pytest.approx(unigram_reference.alternatives(log_probs), **CLOSE)
    # a lattice from which pieces were taken equals one that never had them
    kept = [i for i, piece in enumerate(log_probs) if len(piece) == 1 or i % 2]
    fewer = {piece: log_probs[piece] for i, piece in enumerate(log_probs) if i in kept}
    lattice = unigram_lattice.Lattice(list(words), list(log_probs))
    lattice.keep(np.array(kept))
    thinned, _ = lattice.expected_counts(np.array(list(words.values()), float), np.array(list(fewer.values())))
    assert dict(zip(fewer, thinned.tolist())) == pytest.approx(
        unigram_reference.expected_counts(words, fewer)[0], **CLOSE
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(model=models())
def test_em_never_makes_the_words_less_likely(model):
    words, log_probs = model
    likelihoods = []
    for _ in range(6):
        counts, likelihood = unigram_lattice.expected_counts(words, log_probs)
        likelihoods.append(likelihood)
        total = sum(counts.values())
        log_probs = {piece: log(max(count / total, 1e-300)) for piece, count in counts.items()}
    # from the second on: the first probabilities do not sum to 1
    assert all(later >= earlier - 1e-9 * abs(earlier) for earlier, later in pairwise(likelihoods[1:]))


def test_seeds_by_hand():
    # abab 2, b 1: a 4, b 5; ab 4 * 2 = 8, ba 2 * 2 = 4, aba 2 * 3 = 6, bab 6, abab 2 * 4 = 8. ties: a before b
    seeds = unigram_train.seed_pieces({"abab": 2, "b": 1})
    assert list(seeds.items()) == [("a", 4), ("b", 5), ("ab", 8), ("abab", 8), ("aba", 6), ("bab", 6), ("ba", 4)]
    # once is not often, and 17 characters are too many
    assert unigram_train.seed_pieces({"ab": 1}) == {"a": 1, "b": 1}
    assert max(map(len, unigram_train.seed_pieces({"abcdefghijklmnopqrs": 2}))) == 16


@settings(max_examples=60, deadline=None, derandomize=True)
@given(words=st.dictionaries(st.text("ab\0👍", min_size=1, max_size=20), st.integers(1, 3), max_size=6))
def test_seeds_are_all_substrings_that_repeat(words):
    counts = Counter()
    for word, n in words.items():
        for s in range(len(word)):
            for t in range(s + 1, min(s + 16, len(word)) + 1):
                counts[word[s:t]] += n
    expected = {piece: n * len(piece) for piece, n in counts.items() if n > 1 or len(piece) == 1}
    assert unigram_train.seed_pieces(words) == expected


TEXT = "el perro ve al gato y el gato ve al perro; la niña ve al perro y al gato.\nel perro y la niña ven el mar " * 9


def test_learned_pieces_are_the_words_that_repeat():
    unigram = Unigram.train(TEXT, 40)
    assert unigram.vocab_size == 40
    assert unigram.vocabulary[0] == "<unk>"
    assert set(TEXT.replace(" ", "▁")) <= set(unigram.vocabulary)  # no character is lost
    assert unigram.tokens("el perro ve al gato") == ["▁el", "▁perro", "▁ve", "▁al", "▁gato"]
    # probabilities: they sum to 1, and come in descending order
    probabilities = [exp(log_prob) for log_prob in unigram.log_probs.values()]
    assert sum(probabilities) == pytest.approx(1, abs=1e-12)
    assert probabilities == sorted(probabilities, reverse=True)
    # fewer pieces explain the text less well
    words = unigram_words(TEXT)
    likelihoods = [
        unigram_reference.expected_counts(words, Unigram.train(TEXT, size).log_probs)[1] for size in (20, 30, 60)
    ]
    assert likelihoods == sorted(likelihoods)
    assert Unigram.train("", 9).vocabulary == ["<unk>"]


def unigram_words(text):
    words = {}
    for word in split_words(text):
        words[word] = words.get(word, 0) + 1
    return words


def test_a_piece_that_em_gives_up_keeps_half_an_occurrence(monkeypatch):
    monkeypatch.setattr(unigram_train, "_STEPS", 60)
    # after EM "b" stands only inside "ab": its expected count goes to 0, its floor is 1/2
    pieces = unigram_train.learn_pieces({"ab": 1000, "a": 1000}, 3)
    assert exp(pieces["b"]) == pytest.approx(0.5 / 2000.5, rel=1e-3)


def test_encoding_by_hand():
    # "▁ab" -1 -2 = -3 against ▁ a b -1 -1 -2.5; x and y unknown, one token
    unigram = Unigram({"▁": -1.0, "a": -1.0, "b": -2.5, "ab": -2.0})
    assert unigram.tokens("ab") == ["▁", "ab"]
    assert unigram.encode("ab axy b") == [1, 4, 1, 2, 0, 1, 3]
    assert unigram.decode([1, 4, 1, 2, 0, 1, 3]) == "ab a<unk> b"
    assert unigram.encode("xx") == [1, 0]
    assert unigram.encode("") == []
    # an unknown character costs 10 nats more than the worst piece
    assert viterbi.segment("ax", {"a": -1.0, "b": -2.5}, 1, unigram._unknown) == (["a", "x"], -13.5)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.text("elpro gatñ\n ", max_size=40))
def test_known_characters_come_back(text):
    unigram = Unigram.train(TEXT, 40)
    assert unigram.decode(unigram.encode(text)) == text
    assert "".join(split_words(text)) == ("▁" + text.replace(" ", "▁") if text else "")


@pytest.mark.parametrize(
    "text", ["<unk> hola <unk> hola", "<unk>" * 9, "a<unk><unk>b<unk>", "<unk>|<unk> <s> </s> <s>"]
)
def test_a_text_may_hold_the_name_of_the_unknown_token(text):
    unigram = Unigram.train(text, 40)
    assert unigram.vocabulary.count("<unk>") == 1
    assert 0 not in unigram.encode(text)
    assert unigram.decode(unigram.encode(text)) == text


def test_a_lower_one_eighth_block_comes_back_as_the_space_that_it_stands_for():
    unigram = Unigram({"▁": -1.0, "a": -1.0, "b": -1.0})
    assert unigram.encode("a▁b") == unigram.encode("a b")
    assert unigram.decode(unigram.encode("a▁b")) == "a b"
    assert Unigram.train("▁ a▁", 9).vocabulary == ["<unk>", "▁", "a"]


def test_saved_and_loaded(tmp_path):
    unigram = Unigram.train(TEXT, 40)
    unigram.save(tmp_path / "unigram.json")
    loaded = Unigram.load(tmp_path / "unigram.json")
    assert loaded.vocabulary == unigram.vocabulary
    assert loaded.log_probs == unigram.log_probs


def test_bad_input():
    with pytest.raises(ValueError, match="vocab_size: expected a whole number >= 4 .*, got 3"):
        Unigram.train("ab", 3)  # <unk>, ▁, a, b
    with pytest.raises(ValueError, match="text: expected str"):
        Unigram.train(7, 30)
    unigram = Unigram({"▁": -1.0})
    with pytest.raises(ValueError, match="text: expected str, got bytes"):
        unigram.encode(b"a")
    with pytest.raises(ValueError, match=r"ids: expected whole numbers 0 \.\. 1, got 2"):
        unigram.decode([2])
    wrong = [float("nan"), float("-inf"), "b", None, True, 10**400, 1j, [-1.0]]
    for pieces in (
        {"": -1.0},
        {3: -1.0},
        {"<unk>": -1.0},
        {"\ud800": -1.0},
        [("a", -1.0)],
        None,
        *({"a": p} for p in wrong),
    ):
        with pytest.raises(ValueError, match="expected"):
            Unigram(pieces)
    for rung in RUNGS.values():
        with pytest.raises(ValueError, match="pieces"):
            rung.expected_counts({"ab": 1}, {"a": -1.0})


@pytest.fixture(scope="module")
def tokenizers():
    return import_module("tokenizers")


def hf_unigram(tokenizers, pieces):
    hf = tokenizers.Tokenizer(tokenizers.models.Unigram([("<unk>", 0.0), *pieces.items()], 0, False))
    newline = tokenizers.pre_tokenizers.Split("\n", "isolated")
    spaces = tokenizers.pre_tokenizers.Metaspace(prepend_scheme="first")
    hf.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([spaces, newline])
    return hf


def test_encodes_like_hf(tokenizers):
    unigram = Unigram.train(TEXT, 60)
    hf = hf_unigram(tokenizers, unigram.log_probs)
    rng = random.Random(0)
    texts = [TEXT, TEXT[::-1].strip(), TEXT.upper(), "xx perroxx\n\n  ñoño  日本", "p" * 300]
    texts += ["e" + "".join(rng.choices("el perogatñxy\n", k=60)) for _ in range(100)]
    for text in texts:
        assert unigram.encode(text) == hf.encode(text).ids


def test_the_text_is_as_likely_as_under_hfs_model_of_the_same_size(tokenizers):
    rng = random.Random(0)  # words of one to four syllables, some frequent, most rare
    syllables = [c + v for c in "bcdflmnprst" for v in "aeiou"]
    lexicon = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(600)]
    text = " ".join(rng.choices(lexicon, [1 / (rank + 1) for rank in range(600)], k=8000))
    unigram, hf = Unigram.train(text, 200), hf_unigram(tokenizers, {"▁": -1.0})
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=200, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    hf.train_from_iterator([text], trainer)
    theirs = {piece: log_prob for piece, log_prob in json.loads(hf.to_str())["model"]["vocab"] if piece != "<unk>"}
    total = log(sum(map(exp, theirs.values())))  # HF's do not sum to 1: make them, which helps HF
    theirs = {piece: log_prob - total for piece, log_prob in theirs.items()}
    assert len(theirs) == len(unigram.log_probs) == 199
    words = unigram_words(text)
    ours, hfs = (unigram_lattice.expected_counts(words, p)[1] for p in (unigram.log_probs, theirs))
    assert ours >= 1.02 * hfs  # both are negative: at most 2 % less likely
