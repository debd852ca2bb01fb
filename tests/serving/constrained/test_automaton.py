"""Patterns: what Python's `re` matches whole, the automaton does, byte by byte; what is no pattern is refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.serving.constrained import Automaton

PATTERNS = [
    "",
    "abc",
    "a|bc|",
    "(ab|c)*d",
    "a+b?c*",
    "[a-c]{2}",
    "[a-c]{1,3}",
    "(ab){2,}",
    "a{0}b",
    "[^ab]",
    "[-a]b",
    "[a-]b",
    r"[\]]",
    r"\d\w\s",
    r"[\d_]+",
    r"\.\\\*",
    "(?:a|b)(a|(b|c))",
    "ñ|[ñá]b",
    ".",
    "a(|b)c",
    "(a*)*b",
    "(a|ab)(c|bcd)",
    "x{2,2}",
    r"[^\d]",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=60, deadline=None)
@given(text=st.text("abcdxñá ]-_.\\*3\n", max_size=5))
def test_it_matches_what_re_matches(pattern, text):
    automaton = Automaton(pattern)
    assert automaton.matches(text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_some_texts_that_match_are_found_to(pattern):
    texts = ["", "abc", "a", "bc", "ababcd", "aabcc", "ab", "abab", "b", "x", "-b", "]", "3x ", "3_", ".\\*", "ac"]
    texts += ["ñ", "áb", "acb", "abbcd", "xx", "cab", "aab", "bac"]
    both = [(Automaton(pattern).matches(text), re.fullmatch(pattern, text, re.ASCII) is not None) for text in texts]
    assert all(ours == theirs for ours, theirs in both)
    assert any(ours for ours, _ in both)


@given(character=st.characters(exclude_characters="\n"))
def test_a_dot_is_any_character_and_no_other_bytes(character):
    automaton = Automaton(".")
    data = character.encode("utf-8", "surrogatepass")
    assert automaton.matches(data) == (not 0xD800 <= ord(character) < 0xE000)
    assert Automaton('[^"]').matches(data) == (character != '"' and not 0xD800 <= ord(character) < 0xE000)
    for broken in (data[:-1], data + b"\x80", b"\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"):
        assert not automaton.matches(broken)


@pytest.mark.parametrize(
    ("last", "next_one"),
    [  # the borders of the Unicode Standard's table 3-7: a sequence that is none, and its neighbour that is a character
        (b"\xc1\xbf", b"\xc2\x80"),  # two bytes for what one says
        (b"\xe0\x9f\xbf", b"\xe0\xa0\x80"),
        (b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80"),
        (b"\xed\xa0\x80", b"\xed\x9f\xbf"),  # half a pair of UTF-16
        (b"\xf4\x90\x80\x80", b"\xf4\x8f\xbf\xbf"),  # beyond the last character
    ],
)
def test_the_borders_of_utf_8(last, next_one):
    assert Automaton(".").matches(next_one)
    assert Automaton("[^a]").matches(next_one)
    assert not Automaton(".").matches(last)
    assert len(next_one.decode()) == 1
    with pytest.raises(UnicodeDecodeError):
        last.decode()


def test_a_beginning_that_fits_leads_on_and_another_does_not():
    automaton = Automaton("ab|ac")
    state = automaton.walk(automaton.start, b"a")
    assert state is not None
    assert not automaton.is_final(state)
    assert automaton.is_final(automaton.step(state, ord("c")))
    assert automaton.step(state, ord("d")) is None
    assert automaton.walk(automaton.start, b"xa") is None


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a)", r"pattern: expected nothing open here at 1, got '\)'"),
        ("(a", r"pattern: expected a closing \) at 2"),
        ("[a", r"pattern: expected a closing \] at 2"),
        ("*a", "pattern: expected a character"),
        ("a{2", r"expected \{m\}, \{m,\} or \{m,n\}"),
        ("a{3,2}", r"with m <= n"),
        ("a{x}", "a number of repetitions up to 1000"),
        ("a{1001}", "a number of repetitions up to 1000"),
        ("(?=a)", r"expected \(\?: or \( alone"),
        ("^a", "pattern: expected a character"),
        ("a$", "pattern: expected a character"),
        (r"\b", "after . one of d w s n t r f v, or a sign"),
        ("\\", "after . one of d w s n t r f v, or a sign"),
        ("[z-a]", "the end of a range of ASCII, not below its beginning"),
        ("[^ñ]", r"only ASCII in \[\^...\]"),
        ("(a{999}){999}", "pattern: expected one of at most 100000 states"),
        (3, "pattern: expected str, got int"),
    ],
)
def test_what_is_no_pattern_is_one_clear_line(pattern, message):
    with pytest.raises(ValueError, match=message) as caught:
        Automaton(pattern)
    assert "\n" not in str(caught.value)
