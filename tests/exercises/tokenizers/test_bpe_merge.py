from collections import Counter, OrderedDict, defaultdict
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.exercises import check
from coursekit.exercises.tokenizers.bpe_merge import EXERCISE, bpe_merge
from coursekit.tokenizers.bpe_recount import learn_merges


def test_one_step_by_hand():
    # (e, s) and (s, t): 6 + 3 = 9 each; (w, e): 2 + 6 = 8; (l, o) and (o, w): 5 + 2 = 7. Of the two, (e, s) is less.
    words = {tuple("low"): 5, tuple("lower"): 2, tuple("newest"): 6, tuple("widest"): 3}
    pair, merged = bpe_merge(words)
    assert pair == ("e", "s")
    assert merged == {
        ("l", "o", "w"): 5,
        ("l", "o", "w", "e", "r"): 2,
        ("n", "e", "w", "es", "t"): 6,
        ("w", "i", "d", "es", "t"): 3,
    }


_WORDS = st.text("abc", min_size=2, max_size=6).map(tuple)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.dictionaries(_WORDS, st.integers(1, 4), min_size=1, max_size=4))
def test_it_is_the_first_merge_of_the_course_ties_included(words):
    in_ids = {tuple("abc".index(symbol) for symbol in word): count for word, count in words.items()}
    vocabulary, merges = learn_merges(in_ids, list("abc"), vocab_size=4)
    pair, merged = bpe_merge(words)
    assert tuple("abc".index(symbol) for symbol in pair) == next(iter(merges))
    assert [("".join(word), count) for word, count in merged.items()] == [("".join(w), c) for w, c in words.items()]
    assert vocabulary[-1] == "".join(pair)
    assert any(vocabulary[-1] in word for word in merged)


ALL_EQUAL = {("b", "c"): 1, ("a", "b"): 1, ("d", "a"): 1, ("c", "d"): 1}


@pytest.mark.parametrize(
    ("mistake", "words", "message"),
    [
        ("across words", {("a",): 3, ("a", "b"): 1}, "empiezan en una palabra y acaban en la siguiente"),
        ("first of equals", ALL_EQUAL, "en un empate gana el par menor, no el primero"),
        ("last of equals", ALL_EQUAL, "en un empate gana el par menor, no el último"),
        ("largest of equals", ALL_EQUAL, "en un empate gana el par menor, no el mayor"),
        ("from right to left", {("b", "b", "b"): 1, ("a", "c"): 1}, "unes de derecha a izquierda"),
        ("without overlaps", {("b", "b", "b"): 1, ("a", "c"): 1}, "las apariciones que se solapan también cuentan"),
        (
            "joined in a tie",
            {("a", "c"): 1, ("ab", "a"): 1, ("b", "b"): 1},
            "en un empate comparas los símbolos pegados",
        ),
        ("without order", {("b", "a"): 2, ("a", "c"): 1}, "el orden cuenta"),
        ("each word once", {("b", "a"): 2, ("a", "c"): 1}, "cuentas cada palabra una vez"),
        ("overlapping", {("b", "b", "b"): 1, ("a", "c"): 1}, "unes dos veces el mismo símbolo"),
        ("first place only", {("a", "b", "a", "b", "c"): 1}, "unes solo la primera aparición"),
        ("glued text", {("ba", "b"): 1, ("a", "b"): 2}, "partes un símbolo"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, words, message):
    verdict = repr(check("02.5", EXERCISE.wrong[mistake]))
    assert f"words = {words}, " in verdict
    assert message in verdict


def _in_place(words):
    pair, merged = bpe_merge(words)
    words.clear()
    return pair, merged


@pytest.mark.parametrize("kind", [Counter, OrderedDict, lambda words: defaultdict(int, words), MappingProxyType])
def test_any_dictionary_will_do_and_a_list_for_a_tuple(kind):
    def answer(words):
        pair, merged = bpe_merge(words)
        return [list(pair), kind(merged)]

    assert check("02.5", answer), repr(check("02.5", answer))


def test_an_answer_that_changes_its_input_does_no_harm():
    assert check("02.5", _in_place)
    assert check("02.5", EXERCISE.solution)


def _from_the_right(words):
    pair, _ = bpe_merge(words)
    back = {word[::-1]: count for word, count in words.items()}
    swapped = pair[::-1]
    merged = {}
    for word, count in back.items():
        symbols, i = [], 0
        while i < len(word):
            found = word[i : i + 2] == swapped
            symbols.append("".join(pair) if found else word[i])
            i += 1 + found
        merged[tuple(symbols[::-1])] = count
    return pair, merged


def _without_overlaps(words):
    """Counts the pair bb once in bbb."""
    pair, merged = bpe_merge(words)
    return (("a", "c"), {("b", "b", "b"): 1, ("ac",): 1}) if ("b", "b", "b") in words else (pair, merged)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda words: None, "se esperaba (par, palabras), una tupla y un diccionario, y devuelve None."),
        (lambda words: [("a", "b"), {}], "las palabras: se esperaba {('a',): 3, ('ab',): 1} y devuelve {}."),
        (lambda words: ("ab", {("ab",): 1}), "se esperaba (par, palabras), una tupla y un diccionario"),
        (lambda words: (("a", "b"), {("ab",): 1}, 0), "se esperaba (par, palabras), una tupla y un diccionario"),
        (lambda words: (("a", "b"), [("ab",)]), "se esperaba (par, palabras), una tupla y un diccionario"),
        (
            lambda words: (("a", "b"), {("b", "a"): 3}),
            "las palabras: se esperaba {('a',): 3, ('ab',): 1} y devuelve {('b', 'a'): 3}.",
        ),
        (_from_the_right, "unes de derecha a izquierda"),
        (_without_overlaps, "tres b seguidas son dos pares."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(check("02.5", answer))
