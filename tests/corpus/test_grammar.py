"""Grammar against hand-worked numbers and against brute force: every story of a small grammar, enumerated."""

import math
from fractions import Fraction
from itertools import islice, product

import pytest

from coursekit.corpus.grammar import Grammar

END = "<fin>"


# A tiny grammar, worked by hand. Stories: "a x" 3/4 * 1/2 = 3/8, "a" 3/8, "b" 1/4.
def tiny(_):
    return [(3, "a", (maybe_x,)), (1, "b")]


def maybe_x(_):
    return [(1, "x"), (1,)]


# A small grammar with all that the formalism has: agreement through attributes, a name that returns, optional parts
# (one inside the other), bounded nesting, a lexicon.
LEXICON = {"f": ("la", "niña", "sola"), "m": ("el", "perro", "solo")}


def small(lexicon):
    return [(2, name, "vio", (someone, 2), (coda,), name, "calló") for name in ("Ana", "Leo")]


def someone(lexicon, depth):
    return [(weight, lexicon[g][0], (who, g, depth)) for g, weight in (("f", 3), ("m", 2))]


def who(lexicon, gender, depth):
    _, noun, alone = lexicon[gender]
    return [(1, noun, (clause, depth), "estaba", alone)]


def clause(lexicon, depth):
    return [(2,), (1, "que vio", (someone, depth - 1))] if depth else [(1,)]


def coda(lexicon):
    return [(1, (softly,), (slowly,)), (2, ".")]


def softly(lexicon):
    return [(3,), (1, "bajito")]


def slowly(lexicon):
    return [(1,), (1, "despacio")]


def enumerate_stories(symbol, lexicon):
    """Every derivation of a symbol with its exact probability, straight from the rules: [(words, Fraction)]."""
    rule, *attributes = symbol
    alternatives = rule(lexicon, *attributes)
    total, found = sum(alternative[0] for alternative in alternatives), []
    for weight, *parts in alternatives:
        choices = [[(p.split(), Fraction(1))] if isinstance(p, str) else enumerate_stories(p, lexicon) for p in parts]
        for combination in product(*choices):
            words = [word for piece, _ in combination for word in piece]
            found.append((words, math.prod((p for _, p in combination), start=Fraction(weight, total))))
    return found


@pytest.fixture(scope="module")
def grammar():
    return Grammar((small,), LEXICON)


@pytest.fixture(scope="module")
def all_stories():
    return {(*words, END): p for words, p in enumerate_stories((small,), LEXICON)}


def test_tiny_grammar_by_hand():
    grammar = Grammar((tiny,))
    # H = -2 * 3/8 log2(3/8) - 1/4 log2(1/4) = 2 * 3/8 * 1.4150374993 + 1/4 * 2 = 1.0612781245 + 0.5
    assert grammar.entropy() == pytest.approx(1.5612781245, abs=1e-9)
    # E[length], END counted = 3/8 * 3 + 3/8 * 2 + 1/4 * 2 = 1.125 + 0.75 + 0.5
    assert grammar.expected_length() == pytest.approx(2.375, abs=1e-12)
    assert grammar.maximum_length() == 3
    # log2 3/8 = -1.4150374993: log2 3/4 = -0.4150374993 for "a", -1 for "x", 0 for END, which is certain after it
    assert grammar.log2_probabilities(["a", "x", END]) == pytest.approx([-0.4150374993, -1, 0], abs=1e-9)
    assert grammar.log2_probability(["a", END]) == pytest.approx(-1.4150374993, abs=1e-9)
    assert grammar.next_distribution([]) == {"a": 0.75, "b": 0.25}
    assert grammar.next_distribution(["a"]) == {"x": 0.5, END: 0.5}
    assert grammar.expected_counts() == {END: 1.0, "a": 0.75, "b": 0.25, "x": 0.375}


def test_enumerated_probabilities_sum_to_one_and_no_story_has_two_derivations(all_stories):
    assert sum(all_stories.values()) == 1
    assert len(all_stories) == len(enumerate_stories((small,), LEXICON)) == 140


def test_log2_probability_is_that_of_brute_force(grammar, all_stories):
    for story, p in all_stories.items():
        assert grammar.log2_probability(story) == pytest.approx(math.log2(p), abs=1e-12)


def test_entropy_length_and_counts_are_those_of_brute_force(grammar, all_stories):
    assert grammar.entropy() == pytest.approx(-sum(p * math.log2(p) for p in all_stories.values()), abs=1e-12)
    assert grammar.expected_length() == pytest.approx(float(sum(p * len(s) for s, p in all_stories.items())), abs=1e-12)
    assert grammar.maximum_length() == max(map(len, all_stories))
    counts = grammar.expected_counts()
    assert set(counts) == {word for story in all_stories for word in story}
    for word, count in counts.items():
        expected = sum(p * story.count(word) for story, p in all_stories.items())
        assert count == pytest.approx(float(expected), abs=1e-12)


def test_next_distribution_is_that_of_brute_force(grammar, all_stories):
    for prefix in {story[:i] for story in all_stories for i in range(len(story))}:
        mass = {}
        for story, p in all_stories.items():
            if story[: len(prefix)] == prefix:
                mass[story[len(prefix)]] = mass.get(story[len(prefix)], 0) + p
        expected = {word: float(p / sum(mass.values())) for word, p in mass.items()}
        assert grammar.next_distribution(prefix) == pytest.approx(expected, abs=1e-12)
    assert grammar.next_distribution(next(iter(all_stories))) == {}


def test_samples_have_the_probabilities_of_brute_force(grammar, all_stories):
    # Chi-squared over the stories expected at least 5 times, the others pooled: about as large as its degrees of
    # freedom, df, with standard deviation sqrt(2 df); 4 of them leave a fixed seed no excuse.
    n = 20_000
    counts = {}
    for story in islice(grammar.stories(0), n):
        counts[tuple(story)] = counts.get(tuple(story), 0) + 1
    assert set(counts) <= set(all_stories)
    common = [story for story, p in all_stories.items() if n * p >= 5]
    cells = [(counts.get(story, 0), float(n * all_stories[story])) for story in common]
    cells.append((n - sum(c for c, _ in cells), n - sum(e for _, e in cells)))
    chi2 = sum((c - e) ** 2 / e for c, e in cells)
    df = len(cells) - 1
    assert abs(chi2 - df) < 4 * math.sqrt(2 * df)


def test_samples_are_deterministic_and_differ_between_seeds(grammar):
    assert list(islice(grammar.stories(7), 20)) == list(islice(grammar.stories(7), 20))
    assert list(islice(grammar.stories(7), 20)) != list(islice(grammar.stories(8), 20))
    with pytest.raises(ValueError, match="seed: expected an integer >= 0, got -1"):
        next(grammar.stories(-1))


def test_origins_name_the_symbol_that_wrote_each_token(grammar):
    text = "Ana vio la niña que vio el perro estaba solo estaba sola . Ana calló <fin>"
    origins = grammar.origins(text.split())
    assert origins[2:13] == [
        (someone, 2),  # la
        (who, "f", 2),  # niña
        (clause, 2),  # que
        (clause, 2),  # vio
        (someone, 1),  # el
        (who, "m", 1),  # perro
        (who, "m", 1),  # estaba
        (who, "m", 1),  # solo
        (who, "f", 2),  # estaba
        (who, "f", 2),  # sola
        (coda,),  # .
    ]
    assert origins[0] == origins[1] == origins[13] == origins[14] == (small,)
    with pytest.raises(ValueError, match="token 1"):
        grammar.origins(["Ana", "calló"])


@pytest.mark.parametrize(
    ("story", "message"),
    [
        ("Ana vio el niña", "token 3: found 'niña', expected 'perro'"),
        ("Leo oyó", "token 1: found 'oyó', expected 'vio'"),
        ("Ana vio la niña estaba sola . Leo", "token 7: found 'Leo', expected 'Ana'"),
        ("Ana vio la niña estaba sola bajito bajito", "token 7: found 'bajito', expected 'Ana' or 'despacio'"),
        ("Ana vio", "the story stops after 2 tokens, expected 'la' or 'el'"),
        ("Ana vio la niña estaba sola . Ana calló <fin> Ana", "token 10: found 'Ana', expected nothing more"),
        ("", "the story stops after 0 tokens, expected 'Ana' or 'Leo'"),
    ],
)
def test_an_impossible_story_is_told_where_and_what_was_expected(grammar, story, message):
    with pytest.raises(ValueError, match=message):
        grammar.log2_probability(story.split())
    if "stops" not in message:
        with pytest.raises(ValueError, match=message):
            grammar.next_distribution(story.split())


def test_a_long_list_of_what_was_expected_is_cut():
    grammar = Grammar((lambda _: [(7 - i, w) for i, w in enumerate("abcdef")],))
    with pytest.raises(ValueError, match=r"found 'z', expected 'a' or 'b' or 'c' or 'd' \(or 2 others\)"):
        grammar.log2_probability(["z", END])


def one(_):
    return [(1, "y", "z")]


def recursive(_, depth):
    return [(1, "a"), (1, "b", (one,), (recursive, depth))]


def empty_or_y(_):
    return [(1,), (1, "y")]


def ends_with_option(_):
    return [(1, "x", (empty_or_y,))]


@pytest.mark.parametrize(
    ("alternatives", "message"),
    [
        ([(1, "y"), (2, (one,))], "alternatives 1 and 2 both start with 'y'"),
        ([(1, (empty_or_y,)), (1,)], "two of its alternatives can be empty"),
        ([(1, (empty_or_y,), "y")], "'y' may prolong an optional part or start what follows it .y."),
        ([(1, (ends_with_option,), (one,))], r"'y' may prolong an optional part or start what follows it .one\(\)."),
        ([(1, (ends_with_option,), (lambda _: [(1,), (1, "w")],), "y")], "'y' may prolong an optional part"),
        ([(1, (empty_or_y,), "z"), (1, "z")], "alternatives 1 and 2 both start with 'z'"),
        ([(1, "a", (recursive, 1))], r"got a recursion: recursive\(1\) -> recursive\(1\)"),
        ([(0, "a"), (1, "b")], r"expected finite weights above 0, got \[0, 1\]"),
        ([(math.inf, "a")], "expected finite weights above 0"),
        ([("a", "b")], "expected finite weights above 0"),
        ([], "expected at least one alternative, got none"),
        ([(1, "a <fin>")], "no rule may produce '<fin>'"),
    ],
)
def test_a_grammar_that_cannot_be_read_left_to_right_is_refused(alternatives, message):
    def start(_):
        return alternatives

    with pytest.raises(ValueError, match=message):
        Grammar((start,))


def test_an_option_may_be_followed_by_other_words():
    grammar = Grammar((lambda _: [(1, (ends_with_option,), "z"), (1, (empty_or_y,), "w")],))
    assert grammar.next_distribution(["x"]) == {"y": 0.5, "z": 0.5}
    assert grammar.next_distribution([]) == {"x": 0.5, "y": 0.25, "w": 0.25}
