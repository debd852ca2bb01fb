from itertools import islice
from math import log2
from types import SimpleNamespace

import pytest

from coursekit.corpus import cuentos
from coursekit.corpus.letters import Letters
from coursekit.corpus.markov_chain import MarkovChain

END = "<fin>"
# one word, then the end: sol 1/2, sal 1/4, sola 1/4
TOY = SimpleNamespace(
    END=END,
    VOCABULARY=(END, "sol", "sal", "sola"),
    next_distribution=lambda words: {END: 1.0} if words else {"sol": 0.5, "sal": 0.25, "sola": 0.25},
    expected_counts=lambda: {END: 1.0, "sol": 0.5, "sal": 0.25, "sola": 0.25},
    story_entropy=lambda: 1.5,
)


def test_distributions_by_hand():
    letters = Letters(TOY)
    assert letters.VOCABULARY == (END, " ", "a", "l", "o", "s")
    assert letters.spell(["sola", END]) == ["s", "o", "l", "a", " ", END]
    assert letters.next_distribution("") == {"s": 1.0}
    assert letters.next_distribution("s") == {"o": 0.75, "a": 0.25}
    # of the 3/4 that begin so, 1/2 end here: sol; the rest is sola
    assert letters.next_distribution("sol") == pytest.approx({" ": 2 / 3, "a": 1 / 3})
    assert letters.next_distribution("sol ") == {END: 1.0}
    assert letters.next_distribution(["s", "o", "l", " ", END]) == {}
    # sol and sal have 4 signs with their space, sola 5, and END one more: 5.25
    assert letters.expected_length() == 5.25
    assert letters.entropy_rate() == pytest.approx(1.5 / 5.25)


def test_wrong_letters_and_words():
    with pytest.raises(ValueError, match="^expected the letters of a word that can follow .*got 'x'"):
        Letters(TOY).next_distribution("x")
    for word in ("", "a b"):
        with pytest.raises(ValueError, match="^expected words without a space inside"):
            Letters(SimpleNamespace(END=END, VOCABULARY=(END, word)))


@pytest.mark.parametrize("corpus", [cuentos, MarkovChain(words=12, branches=3)])
def test_a_story_has_the_same_probability_in_letters(corpus):
    letters = Letters(corpus)
    for story in islice(corpus.stories(3), 3):
        spelled = letters.spell(story)
        bits = sum(log2(letters.next_distribution(spelled[:i])[sign]) for i, sign in enumerate(spelled))
        assert bits == pytest.approx(corpus.log2_probability(story), abs=1e-9)


def test_the_expected_length_is_that_of_many_stories():
    letters = Letters()
    lengths = [len(spelled) for spelled in islice(letters.stories(1), 4000)]
    mean = sum(lengths) / len(lengths)
    error = (sum((n - mean) ** 2 for n in lengths) / len(lengths) ** 2) ** 0.5
    assert abs(mean - letters.expected_length()) < 4 * error
    assert letters.entropy_rate() * letters.expected_length() == pytest.approx(cuentos.story_entropy())
