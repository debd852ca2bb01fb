"""WordPiece: the criterion by hand, greedy cuts, and the same tokens as HF."""

import json
from importlib import import_module
from math import log
from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tokenizers import WordPiece, bpe_recount, wordpiece_likelihood
from coursekit.tokenizers import wordpiece as wordpiece_module
from coursekit.tokenizers.wordpiece import split_words
from coursekit.tokenizers.wordpiece_likelihood import likelihood_gain

TEXT = """Había una vez una niña que vivía en una aldea; la niña tenía un perro pequeño y el perro tenía hambre.
Un día la niña vio a un gato. El gato vio al perro, ¡y el perro no vio nada! «¿Dónde está mi gato?», dijo.
if x_1 == 10: return "it's 3½ 日本語 👍🏽" aaaaaaaa abababab 1234 1234 12345 $5+3 tenían niñas perros gatos"""


def test_training_by_hand():
    # words aab 3, ab 1. Alphabet: [UNK] a b ##a ##b = 0 .. 4. Pairs: (a, ##a) 3, (##a, ##b) 3, (a, ##b) 1.
    # (1, 3) < (3, 4): "aa" first, then (aa, ##b) 3: "aab"; then (a, ##b) 1: "ab"
    wordpiece = WordPiece.train("aab aab aab ab", 8)
    assert wordpiece.vocabulary == ["[UNK]", "a", "b", "##a", "##b", "aa", "aab", "ab"]
    assert wordpiece.vocab_size == 8
    # greedy: aab, then nothing continues but ##a: not the ab that a cut from the right would find
    assert wordpiece.tokens("aabab ab! ba") == ["aab", "##a", "##b", "ab", "[UNK]", "b", "##a"]
    assert wordpiece.encode("aab  c\nab") == [6, 0, 7]
    assert wordpiece.decode([6, 3, 4, 7, 0]) == "aabab ab [UNK]"
    assert WordPiece.train(["aab", "a"], 100).vocabulary == ["[UNK]", "a", "b", "##a", "##b", "aa", "aab"]
    assert wordpiece.encode("") == []
    assert wordpiece.encode("a" * 100) == [5] + [3] * 98
    assert wordpiece.encode("a" * 101) == [0]


def test_words_by_hand():
    assert split_words("¡Hola,  it's $5\n_x a\u0301 日本") == [
        *["¡", "Hola", ",", "it", "'", "s", "$", "5", "_", "x", "a\u0301", "日本"]
    ]


def test_likelihood_gain_by_hand():
    # corpus of 8 symbols: a 4, b 4, and ab stands 2 times. After: ab 2, a 2, b 2, 6 in all.
    # before 8 log(1/2) = -8 log 2; after 6 log(1/3) = -6 log 3: the gain is 8 log 2 - 6 log 3 = -1.046...
    assert likelihood_gain(2, 4, 4, 8) == pytest.approx(8 * log(2) - 6 * log(3), abs=1e-12)
    # ab 4 of a 4, b 4: one symbol is left, certain; the gain is all of 8 log 2
    assert likelihood_gain(4, 4, 4, 8) == pytest.approx(8 * log(2), abs=1e-12)
    # aa 2 of a 4, b 4: aa 2, b 4, N = 6: 2 log(1/3) + 4 log(2/3) = 4 log 2 - 6 log 3, plus 8 log 2
    assert likelihood_gain(2, 4, 4, 8, same=True) == pytest.approx(12 * log(2) - 6 * log(3), abs=1e-12)


def log_likelihood(words):
    counts = {}
    for word, count in words:
        for symbol in word:
            counts[symbol] = counts.get(symbol, 0) + count
    return sum(c * log(c / sum(counts.values())) for c in counts.values())


WORDS = st.dictionaries(st.lists(st.integers(0, 2), max_size=9).map(tuple), st.integers(1, 5), max_size=6)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(words=WORDS)
def test_each_merge_gains_what_it_says_and_no_other_gains_more(words):
    alphabet = ["a", "b", "c"]
    _, merges = wordpiece_likelihood.learn_merges(words, alphabet, 12)
    remaining = [(list(word), count) for word, count in words.items()]
    for pair, token in merges.items():
        candidates = bpe_recount.count_pairs(remaining)
        after = {p: [(bpe_recount.merge_pair(w, p, token), n) for w, n in remaining] for p in candidates}
        gains = {p: log_likelihood(after[p]) - log_likelihood(remaining) for p in candidates}
        # sums of x log x with x < 1000: rounding stays below 1e-10
        assert gains[pair] == pytest.approx(max(gains.values()), abs=1e-10)
        assert gains[pair] > -1e-10
        remaining = after[pair]


def test_likelihood_prefers_what_belongs_together_to_what_is_frequent():
    # ab is the most frequent pair (6), but a and b go with everyone; q is always followed by u (3)
    words = {"ab": 6, "aab": 5, "abb": 5, "bab": 4, "ba": 5, "qu": 3}
    alphabet = ["a", "b", "q", "u"]
    spelled = {tuple(map(alphabet.index, word)): count for word, count in words.items()}
    assert bpe_recount.learn_merges(spelled, alphabet, 5)[0][-1] == "ab"
    assert wordpiece_likelihood.learn_merges(spelled, alphabet, 5)[0][-1] == "qu"
    # words without structure: a pair that is as frequent as chance has it gains nothing
    even = {(0, 0): 1, (0, 1): 1, (1, 0): 1, (1, 1): 1}
    assert wordpiece_likelihood.learn_merges(even, ["a", "b"], 9) == (["a", "b"], {})
    assert wordpiece_likelihood.learn_merges({}, ["a"], 9) == (["a"], {})
    learned = WordPiece.train("abab " * 20 + "quqa", 20, learn=wordpiece_likelihood.learn_merges)
    assert learned.decode(learned.encode("abab qu")) == "abab qu"
    # two ways to one string: one token
    shared = wordpiece_likelihood.learn_merges({(0, 1): 5, (2, 0): 5}, ["x", "xx", "xx "], 9, lambda *_: "same")
    assert shared == (["x", "xx", "xx ", "same"], {(0, 1): 3, (2, 0): 3})


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.text("abñ.,'é日 \n\t", max_size=40))
def test_words_come_back_when_every_character_is_known(text):
    wordpiece = WordPiece.train(["abñ.,'é日", "ñabé日ñababé", *[f"a{c}a" for c in "abñé日"]], 40)
    assert wordpiece.decode(wordpiece.encode(text)) == " ".join(split_words(text))


def test_saved_and_loaded(tmp_path):
    wordpiece = WordPiece.train(TEXT, 200)
    wordpiece.save(tmp_path / "wordpiece.json")
    assert WordPiece.load(tmp_path / "wordpiece.json").vocabulary == wordpiece.vocabulary


@pytest.mark.parametrize("text", ["[UNK] hola [UNK]", "##a ##a b##a", "a ## b", "### #", "[UNK]" * 5, "##[UNK]##"])
def test_a_text_may_hold_the_name_of_the_unknown_token_and_the_mark(text):
    for learn in (WordPiece.train.__defaults__[0], wordpiece_likelihood.learn_merges):
        wordpiece = WordPiece.train(text, 60, learn=learn)
        assert wordpiece.vocabulary.count("[UNK]") == 1
        assert not {"##", "###"} & set(wordpiece.vocabulary)
        assert 0 not in wordpiece.encode(text)
        assert wordpiece.decode(wordpiece.encode(text)) == " ".join(split_words(text))


def test_bad_input():
    # [UNK], a, b, ##b
    with pytest.raises(ValueError, match="vocab_size: expected a whole number >= 4 .*, got 3"):
        WordPiece.train("ab", 3)
    with pytest.raises(ValueError, match="text: expected str"):
        WordPiece.train(b"ab", 30)
    wordpiece = WordPiece.train("ab", 30)
    with pytest.raises(ValueError, match="text: expected str, got bytes"):
        wordpiece.encode(b"ab")
    with pytest.raises(ValueError, match=r"ids: expected whole numbers 0 \.\. 4, got 5"):
        wordpiece.decode([5])
    with pytest.raises(ValueError, match="token 1: expected a str that is not empty, got 3"):
        WordPiece(["[UNK]", 3])
    with pytest.raises(ValueError, match="token 1: expected a str of characters, got a lone surrogate"):
        WordPiece(["[UNK]", "a\ud800"])
    with pytest.raises(ValueError, match=r"expected \[UNK\] among its tokens"):
        WordPiece(["a"])
    with pytest.raises(ValueError, match="expected 3 different tokens, got 2"):
        WordPiece(["[UNK]", "a", "a"])


def hf_words(text):
    return [word for word, _ in import_module("tokenizers").pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text)]


def test_every_character_is_space_sign_or_letter_as_for_hf():
    # of the letters of large scripts and of the private characters, one in a hundred
    known = [c for c in map(chr, range(0x110000)) if category(c) not in ("Cs", "Cn", "Lo", "Co") or ord(c) % 100 == 0]
    known = [c for c in known if category(c) not in ("Cs", "Cn")]
    differ = [c for c, word in zip(known, map("a{}b".format, known)) if _words(word) != hf_words(word)]
    # punctuation that is newer than the Unicode of HF's crate, and two marks that Unicode took back
    assert len(differ) < 200
    assert [c for c in differ if category(c)[0] != "P"] == ["\u166d", "\U000111c9"]
    assert min(differ) > "\u0600"


def _words(text):
    return [word for chunk in wordpiece_module._split_chunks(text) for word in split_words(chunk)]


AWKWARD = [
    "你好，世界。今天3月 こんにちは 한국어",
    "\x00\x01a\x7fb \ufeffbom\ufffd \u200bzero\u200d",
    "corazo\u0301n y nin\u0303o, y corazón y niño",
    "tab\there\u00a0nbsp\u2003em\u3000ideographic\u2028line\x85next\x1cfs\x1fus \x1d gs\x0b\x0c",
    "a\x1cb", "\x1f", "\ue000 private", "ÅÅ ﬁ Ａ", "",
]  # fmt: skip


@pytest.mark.parametrize("text", AWKWARD)
def test_nothing_is_normalised_as_without_berts_normaliser(text):
    assert _words(text) == split_words(text) == hf_words(text)
    wordpiece = WordPiece.train([text, "x"], 200)
    assert wordpiece.decode(wordpiece.encode(text)) == " ".join(hf_words(text))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    text=st.text("aZñ你好\u0301\u200b\x1c\x1f\x85 \n\t#[]'-_", max_size=30)
    | st.text(alphabet=st.characters(max_codepoint=0x5FF))
)
def test_words_are_those_of_hf(text):
    assert _words(text) == split_words(text) == hf_words(text)


def test_of_two_ways_to_write_a_letter_only_the_one_that_was_read_is_known():
    wordpiece = WordPiece.train("corazón", 60)
    assert wordpiece.tokens(normalize("NFD", "corazón")) == ["[UNK]"]
    assert wordpiece.decode(wordpiece.encode(normalize("NFC", normalize("NFD", "corazón")))) == "corazón"
    assert split_words("你好") == ["你好"]


@pytest.mark.parametrize("size", [120, 200, 1000])
def test_learns_the_vocabulary_of_hf_and_encodes_alike(size):
    tokenizers = import_module("tokenizers")
    wordpiece = WordPiece.train(TEXT, size)
    hf = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    hf.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    # HF numbers the ## characters in the random order of a hash table, and ties depend on it: give it our numbers
    alphabet = [token for token in wordpiece.vocabulary if len(token.removeprefix("##")) == 1]
    trainer = tokenizers.trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=["[UNK]", *alphabet], show_progress=False
    )
    hf.train_from_iterator([TEXT], trainer)
    model = json.loads(hf.to_str())["model"]
    assert {token: i for i, token in enumerate(wordpiece.vocabulary)} == model["vocab"]
    # the model again, without special tokens, which HF would cut out of the text first
    hf = tokenizers.Tokenizer(tokenizers.models.WordPiece(model["vocab"], unk_token="[UNK]"))
    hf.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    for text in (TEXT, TEXT.upper(), TEXT[::-1], "niñaperro gatitos xyz aab\u00a0ba", "a" * 100 + " " + "a" * 101):
        assert wordpiece.encode(text) == hf.encode(text).ids
