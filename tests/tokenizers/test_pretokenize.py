"""GPT-2's cut: words by hand, nothing lost, and the same as HF's ByteLevel on awkward text."""

import unicodedata
from collections import Counter
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.tokenizers.alphabet import ORDER, PRINTABLE, byte_ids, printable
from coursekit.tokenizers.pretokenize import count_words, split_chunks, split_words

AWKWARD = [
    "",
    " ",
    "El niño comió 3 manzanas, ¿verdad?",
    "it's we're I'd you'll they've I'm don't 'S 'Re ''s 's's",
    "e\u0301tude nin\u0303o \u0301 a\u0308\u0301b",  # combining marks are neither letters nor numbers
    "👩‍👩‍👧‍👦 🇪🇸🇲🇽 👍🏽 ☃️!",
    "12 345,67 ½ Ⅷ x² ①② ٣٤ १२ 1a2b a1 _1_ __init__ snake_case",
    "你好，世界。今天3月 こんにちは カタカナ 한국어 ไทยกำ العربية עברית हिन्दी",
    "a  b   c \n d\n\n e \n\n\tf\t \tg\r\nh  \n",
    "tab\there\u00a0nbsp\u2003em\u3000ideographic\u200bzero\u2028line\x85next\x1cfs\x1fus \x1d gs",
    "... --- !!! ?¿ «hola» “x” …— a.b,c;d",
    "\x00\x01 \x7f \ufeffbom \ufffd",
    "   leading and trailing   ",
]
WEIRD = st.text("aZñé日1½²_'sre.¿ \n\t\r\u00a0\u0301\u200d👍\x1c\x85", max_size=40) | st.text(max_size=20)


def test_words_by_hand():
    assert split_words("¡Hola, mundo!  No's 42km\n\n x_1") == [
        *["¡", "Hola", ",", " mundo", "!", " ", " No", "'s", " 42", "km", "\n\n", " x", "_", "1"]
    ]
    assert split_chunks("¡Hola, mundo!  No\n ") == ["¡Hola,", " mundo!", "  No", "\n "]
    assert count_words(["a b a b b", "b"]) == {"a": 1, " a": 1, " b": 3, "b": 1}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=WEIRD)
def test_nothing_is_lost_and_chunks_cut_where_words_do(text):
    assert "".join(split_words(text)) == text
    chunks = split_chunks(text)
    assert [word for chunk in chunks for word in split_words(chunk)] == split_words(text)
    assert count_words([text, text]) == Counter(2 * split_words(text))


def assigned(text):
    return not any(unicodedata.category(c) in ("Cn", "Cs") for c in text)  # Unicode grows: HF knows newer letters


def hf_words(text):
    byte_level = import_module("tokenizers").pre_tokenizers.ByteLevel(add_prefix_space=False)
    return [word for word, _ in byte_level.pre_tokenize_str(text)]


@pytest.mark.parametrize("text", AWKWARD)
def test_equals_hf_on_awkward_text(text):
    assert [printable(word.encode()) for word in split_words(text)] == hf_words(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=WEIRD.filter(assigned))
def test_equals_hf_on_any_text(text):
    assert [printable(word.encode()) for word in split_words(text)] == hf_words(text)


def test_every_character_of_the_first_plane_falls_into_the_class_that_hf_gives_it():
    characters = [c for c in map(chr, range(0x10000)) if assigned(c)]
    # a letter c: ac 1 c ! c; a number: a c1c ! c; another sign: a c 1 c !c; a space is a cut everywhere
    text = "\n\n".join(f"a{c}1{c}!{c}" for c in characters if c != "\n")
    assert [printable(word.encode()) for word in split_words(text)] == hf_words(text)


def test_the_alphabet_is_that_of_gpt2():
    # the first printable byte is "!", 33; there are 94 + 12 + 82 = 188 of them, then come 0, 1, 2 ...
    assert list(ORDER[:2]) == [33, 34]
    assert list(ORDER[187:190]) == [255, 0, 1]
    assert list(byte_ids(b"!\xff\x00")) == [0, 187, 188]
    assert printable(b" a\n") == "ĠaĊ"
    alphabet = import_module("tokenizers").pre_tokenizers.ByteLevel.alphabet()
    assert sorted(PRINTABLE.values()) == sorted(alphabet)
    assert [PRINTABLE[byte] for byte in ORDER] == sorted(alphabet)
