"""The class BPE: round trips, files, bad input; the same tokens as HF, trained on the same text."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.bench.tokenizers import hf_train
from coursekit.tokenizers import BPE, memo
from coursekit.tokenizers.alphabet import printable
from coursekit.tokenizers.storage import write_json

TEXT = """Había una vez una niña que vivía en una aldea. La niña tenía un perro pequeño y el perro tenía hambre.
Un día la niña vio a un gato; el gato vio al perro, ¡y el perro no vio nada! «¿Dónde está mi gato?», dijo.
  if x_1 == 10:\n\treturn "it's 3½ 日本語 👍🏽"   # they're, we'll\r\n\r\naaaaaaaa abababab 1234 1234 12345\n"""


@pytest.fixture(scope="module")
def bpe():
    return BPE.train(TEXT, 380)


def test_training_by_hand():
    # words: aab 3 (the first without a space), so " aab" 2 and "aab" 1. Pairs: aa 3, ab 3, " a" 2.
    # a = 97 - 33 = id 64, b = 65, space = 188 + 32 = 220. aa (64, 64) < ab (64, 65): aa, then (aa, b) 3, then 2
    bpe = BPE.train("aab aab aab", 259)
    assert bpe.merges == {(64, 64): 256, (256, 65): 257, (220, 257): 258}
    assert bpe.vocabulary[256:] == [b"aa", b"aab", b" aab"]
    assert bpe.vocab_size == 259
    assert bpe.encode("aab aab b") == [257, 258, 220, 65]
    assert bpe.tokens("aab aab\nñ") == ["aab", "␣aab", "↵", "<C3>", "<B1>"]
    assert BPE.train("aab aab aab", 1000).vocab_size == 259  # nothing left to merge
    assert BPE.train("", 300).vocab_size == 256
    # documents: no word crosses
    assert BPE.train(["aa", "b"], 300).vocabulary[256:] == [b"aa"]


def test_tokens_shorten_text_and_spell_it(bpe):
    ids = bpe.encode(TEXT)
    assert len(ids) < 0.6 * len(TEXT.encode())
    assert bpe.decode(ids) == TEXT
    assert b"".join(bpe.vocabulary[i] for i in ids) == TEXT.encode()
    assert "␣perro" in bpe.tokens(TEXT)
    assert len(bpe.tokens(TEXT)) == len(ids)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=50) | st.text("aeñ日👍 \n'1_", max_size=50))
def test_any_text_comes_back(bpe, text):
    assert bpe.decode(bpe.encode(text)) == text
    assert bpe.decode(np.array(bpe.encode(text), dtype=np.int64)) == text


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.binary(max_size=50))
def test_any_bytes_come_back(bpe, data):
    ids = bpe.encode_bytes(data)
    assert bpe.decode_bytes(ids) == data
    assert bpe.decode(ids) == data.decode("utf-8", "replace")
    escaped = data.decode("utf-8", "surrogateescape")
    assert bpe.encode(escaped) == ids
    assert bpe.decode(ids, errors="surrogateescape") == escaped


def test_the_memory_of_words_is_bounded_and_changes_nothing(bpe, monkeypatch):
    expected = bpe.encode(TEXT)
    monkeypatch.setattr(memo, "_KEPT", 3)
    small = BPE(bpe.merges)
    assert small.encode(TEXT) == expected == small.encode(TEXT)
    assert len(small._words) == len(small._chunks) == 3
    monkeypatch.setattr(memo, "_KEPT", 1000)
    monkeypatch.setattr(memo, "_LONGEST", 3)
    short = BPE(bpe.merges)
    assert short.encode(TEXT) == expected
    assert short._words
    assert max(map(len, short._words)) == 3


def test_more_vocabulary_begins_with_less_and_never_needs_more_tokens():
    before = None
    for size in (256, 270, 300, 380):
        bpe = BPE.train(TEXT, size)
        length = len(bpe.encode(TEXT))
        assert bpe.vocab_size == size
        if before is not None:
            assert bpe.vocabulary[: len(before[0])] == before[0]
            assert length < before[1]
        before = bpe.vocabulary, length


def test_saved_and_loaded(bpe, tmp_path):
    bpe.save(tmp_path / "bpe.json")
    loaded = BPE.load(tmp_path / "bpe.json")
    assert loaded.vocabulary == bpe.vocabulary
    assert list(loaded.merges.items()) == list(bpe.merges.items())
    assert loaded.encode(TEXT) == bpe.encode(TEXT)
    assert json.loads((tmp_path / "bpe.json").read_text(encoding="utf-8"))["format"] == "coursekit.tokenizers.BPE"


def test_merges_that_double_are_refused_before_they_fill_the_memory(tmp_path):
    # token 256 + k is 2^(k + 1) bytes; up to the 21st they are 2 + 4 + ... + 2^21 = 2^22 - 2 in all: 4 MiB less 2 bytes
    doubling = [[0, 0], *([i, i] for i in range(256, 256 + 20))]
    bpe = BPE(doubling)
    assert len(bpe.vocabulary[-1]) == 1 << 21
    bpe.save(tmp_path / "bpe.json")
    assert BPE.load(tmp_path / "bpe.json").vocabulary == bpe.vocabulary
    # as many ways to one token: no byte more of vocabulary, but each is joined and looked up
    rest = [[276 - i, 0] for i in range(1, 4)]
    for merges in (
        doubling + [[276, 276]],
        doubling + rest,
        doubling + [[276, 0]],
        doubling + [[i, i] for i in range(276, 400)],
    ):
        write_json(tmp_path / "bpe.json", "BPE", merges)
        with pytest.raises(ValueError, match=r"merge 21: expected tokens of at most 4194304 bytes in all, got \d+$"):
            BPE.load(tmp_path / "bpe.json")


def test_bad_input(bpe):
    with pytest.raises(ValueError, match="vocab_size: expected a whole number >= 256 .*, got 255"):
        BPE.train("a", 255)
    for size in (300.0, "300", True):
        with pytest.raises(ValueError, match="vocab_size: expected a whole number"):
            BPE.train("a", size)
    for text in (b"a", 7, None, [b"a"], ["a", 7]):
        with pytest.raises(ValueError, match="text: expected str"):
            BPE.train(text, 300)
    for text in (b"a", ["a"], None):
        with pytest.raises(ValueError, match="text: expected str, got"):
            bpe.encode(text)
    with pytest.raises(ValueError, match=r"lone surrogate U\+D800"):
        bpe.encode("a\ud800b")
    with pytest.raises(ValueError, match="data: expected bytes, got str"):
        bpe.encode_bytes("a")
    for ids, got in (([0, 400], "400"), ([-1], "-1"), (["a"], "'a'"), ([[1]], r"\[1\]"), (7, "int"), ([0.5], "0.5")):
        with pytest.raises(ValueError, match=rf"ids: expected whole numbers 0 \.\. 379, got {got}"):
            bpe.decode(ids)


@pytest.mark.parametrize("size", [256, 300, 400, 450])
def test_learns_the_merges_of_hf_and_encodes_alike(size):
    bpe, hf = BPE.train(TEXT, size), hf_train([TEXT], size)
    model = json.loads(hf.to_str())["model"]
    spelled = [printable(token) for token in bpe.vocabulary]
    assert [[spelled[a], spelled[b]] for a, b in bpe.merges] == model["merges"]
    assert {token: i for i, token in enumerate(spelled)} == model["vocab"]
    for text in (TEXT, TEXT[::-1], TEXT.upper(), "aaaaaaaaaaaaaaaaabababababa", "perroperro gatito\n\n\n"):
        assert bpe.encode(text) == hf.encode(text).ids
        assert hf.decode(bpe.encode(text)) == bpe.decode(bpe.encode(text))
