"""What holds for every n-gram model: it is a distribution, and all ways to ask for it agree."""

from itertools import islice
from math import log2, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.corpus import cuentos
from coursekit.ngram import AbsoluteDiscounting, Additive, JelinekMercer, Katz, KneserNey, WittenBell
from coursekit.ngram.counting import END, START, UNKNOWN
from coursekit.ngram.model import NGram

MODELS = {
    "kneser-ney": KneserNey,
    "kneser-ney, one discount": lambda order: KneserNey(order, modified=False),
    "absolute": AbsoluteDiscounting,
    "witten-bell": WittenBell,
    "katz": Katz,
    "jelinek-mercer": JelinekMercer,
    "additive": Additive,
    "additive, little": lambda order: Additive(order, delta=1e-3),
}
over_models = pytest.mark.parametrize("build", MODELS.values(), ids=MODELS)
quiet = pytest.mark.filterwarnings("ignore:order .*no three discounts")
TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "d", UNKNOWN]), min_size=1, max_size=9), min_size=2, max_size=12
)
CONTEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", "z", END, UNKNOWN]), max_size=8)


@over_models
@quiet
@given(text=TEXTS, order=st.integers(1, 7), contexts=st.lists(CONTEXTS, max_size=4), starts=st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_context_has_a_distribution_of_which_each_probability_is_one(build, text, order, contexts, starts):
    model = build(order).fit(text)
    for context in ((), *contexts):
        context = [START, *context] if starts else list(context)
        distribution = model.distribution(context)
        assert abs(sum(distribution.values()) - 1) < 1e-12
        assert set(distribution) == {word for sentence in text for word in sentence} | {END, UNKNOWN}
        assert model.vocabulary_size == len(distribution)
        for word, p in distribution.items():
            assert 0 <= p <= 1 + 1e-12
            assert model.prob(word, context) == pytest.approx(p, rel=0, abs=1e-14)
        assert model.prob("z", context) == model.prob(UNKNOWN, context)


@over_models
@quiet
@given(
    text=TEXTS, order=st.integers(1, 7), sentences=st.lists(CONTEXTS.filter(lambda s: s and END not in s), min_size=1)
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_all_at_once_is_one_by_one(build, text, order, sentences):
    model = build(order).fit(text)
    with np.errstate(divide="ignore"):
        scores = model.token_log2_probabilities(sentences)
        one_by_one = [
            [np.log2(model.prob(word, [START, *s[:i]])) for i, word in enumerate([*s, END])] for s in sentences
        ]
        assert [len(score) for score in scores] == [len(score) for score in one_by_one]
        # a sum of seven terms of order 1 in either: 1e-14 relative is some 1e-14 bits
        for ours, expected in zip(scores, one_by_one):
            np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)
        assert model.log2_probabilities(sentences[0]) == scores[0].tolist()
        assert model.log2_probability([*sentences[0], END]) == scores[0].sum()


@over_models
@quiet
def test_nothing_follows_an_end(build):
    # the last pairs of the table, y END and z END, are contexts of nothing
    model = build(3).fit([["a", "y"], ["a", "z"]])
    lower = model.distribution([END])
    for word in "yz":
        context = [word, END]
        uniform = dict.fromkeys(lower, 1 / len(lower))
        assert model.distribution(context) == pytest.approx(
            uniform if isinstance(model, Additive) else lower, abs=1e-14
        )
        assert model.prob("a", context) == pytest.approx(model.distribution(context)["a"], abs=1e-14)


@over_models
@quiet
def test_a_real_text(build):
    """Stories: an n-gram that was seen gains, nothing is lost, and no model is below the entropy."""
    stories, test = (list(islice(cuentos.stories(seed), 60)) for seed in (0, 1))
    model = build(3).fit(stories, cuentos.VOCABULARY)
    contexts = [[START, *story[:i]] for story in test[:4] for i in range(len(story) - 1)]
    for context in ([], ["una"], *contexts):
        assert abs(sum(model.distribution(context).values()) - 1) < 1e-12
    # the mean over 60 stories of log2 p / q is not negative but for luck, which is far smaller than this gap
    tokens = sum(map(len, test))
    floor = -sum(map(cuentos.log2_probability, test)) / tokens
    assert log2(model.perplexity(test)) > floor + 0.5
    assert log2(model.perplexity(test)) == pytest.approx(-sum(map(model.log2_probability, test)) / tokens, abs=1e-12)
    assert model.perplexity(stories) < model.perplexity(test)


def test_perplexity_by_hand():
    # of |V| = 3 equally probable words (a, END, UNKNOWN), each once: 3. Of a coin: 2
    model = AbsoluteDiscounting(1).fit([["a", UNKNOWN]])
    assert model.perplexity([["a"], ["z"]]) == pytest.approx(3, abs=1e-12)
    assert model.log2_probability(["a"]) == pytest.approx(-2 * log2(3), abs=1e-12)


def test_kneser_ney_beats_jelinek_mercer_beats_additive():
    stories = list(islice(cuentos.stories(5), 180))  # some 10^4 tokens
    test = list(islice(cuentos.stories(6), 400))
    models = KneserNey(3), JelinekMercer(3), Additive(3, delta=0.1)
    scores = [log2(model.fit(stories, cuentos.VOCABULARY).perplexity(test)) for model in models]
    assert scores[0] < scores[1] - 0.1 < scores[2] - 0.5


@over_models
@quiet
@pytest.mark.parametrize("order", [1, 2, 3])
def test_sentences_are_drawn_from_the_model(build, order):
    text = [["a", "b"], ["a", "c"], ["b"], ["b", "a", "b"], ["c"], ["a", "b", "c"]]
    model = build(order).fit(text)
    drawn = list(islice(model.stories(3), 6000))
    # after START, and after START a: how often each word was drawn, within 5 standard deviations of its probability
    for prefix in ([], ["a"]):
        after = [s[len(prefix)] for s in drawn if s[: len(prefix)] == prefix]
        expected = model.next_distribution(prefix)
        known = 1 - expected.pop(UNKNOWN)  # no word, and never drawn
        assert UNKNOWN not in after
        for word, p in expected.items():
            p /= known
            assert abs(after.count(word) - len(after) * p) <= 5 * sqrt(len(after) * p * (1 - p)) + 1e-9
    assert all(s[-1] == END and END not in s[:-1] for s in drawn)


def test_generation_is_the_same_for_the_same_seed():
    model = KneserNey(3).fit(islice(cuentos.stories(0), 500))
    drawn = list(islice(model.stories(7), 30))
    assert drawn == list(islice(model.stories(7), 30))
    assert drawn[0] == model.generate(7)
    assert drawn[0] != model.generate(8)
    assert len({tuple(s) for s in drawn}) > 20


def test_a_sentence_is_closed_at_its_longest():
    model = KneserNey(2, modified=False).fit([["a"] * 50])
    lengths = [len(s) for s in islice(model.stories(0, longest=4), 200)]
    assert max(lengths) == 4
    assert all(s[-1] == END for s in islice(model.stories(0, longest=4), 200))
    assert model.generate(0, longest=1) == [END]


def test_fitting_forgets_and_keeps_the_vocabulary_asked_for():
    model = KneserNey(2, modified=False).fit([["a", "b"]])
    assert model.fit([["c", "d"]]) is model
    assert set(model.distribution()) == {"c", "d", END, UNKNOWN}
    model.fit([["c", "d"]], vocabulary=["c", "q"])
    assert set(model.distribution()) == {"c", "q", END, UNKNOWN}
    # d was read as UNKNOWN, which has a probability of its own now
    assert model.prob("d", ["c"]) > model.prob("q", ["c"])
    # scoring adds no word
    model.log2_probability(["x"])
    assert model.vocabulary_size == 4


def test_an_end_of_one_s_own():
    model = KneserNey(2, modified=False, end=".").fit([["a", "."]])
    assert set(model.distribution()) == {"a", ".", UNKNOWN}
    assert model.generate(0)[-1] == "."


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda m: m.prob(5), "expected words that are str, got int 5"),
        (lambda m: m.prob(b"a", []), "expected words that are str, got bytes b'a'"),
        (lambda m: m.prob(["a"]), r"expected words that are str, got list \['a'\]"),
        (lambda m: m.prob("a", "b"), "context: expected a list of words, got str 'b'"),
        (lambda m: m.prob("a", 3), "context: expected a list of words, got int 3"),
        (lambda m: m.prob("a", ["b", 3]), "context: expected words that are str, got int 3 at 1"),
        (lambda m: m.prob("a", ["b", START]), f"context: expected '{START}' in the first place alone, got it later"),
        (
            lambda m: m.prob(START),
            f"word: expected one that is predicted, got '{START}', which only stands in contexts",
        ),
        (lambda m: m.next_distribution("ab"), "prefix: expected a list of words, got str 'ab'"),
        (lambda m: m.log2_probability("ab"), "sentence 0: expected a list of words, got str 'ab'"),
        (lambda m: m.log2_probability(["a", 5]), "sentence 0: expected words that are str, got int 5 at 1"),
        (lambda m: m.perplexity([]), "sentences: expected at least one, got none"),
        (lambda m: m.generate(-1), "expected a seed >= 0 and longest >= 1, whole numbers, got -1 and 1000"),
        (lambda m: m.generate(0.5), r"expected a seed >= 0 and longest >= 1, whole numbers, got 0\.5 and 1000"),
        (lambda m: m.stories(0, longest=0), "expected a seed >= 0 and longest >= 1, whole numbers, got 0 and 0"),
    ],
)
def test_bad_questions_are_one_clear_line(ask, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        ask(WittenBell(2).fit([["a", "b"]]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda m: m.prob("a"),
        lambda m: m.distribution(),
        lambda m: m.perplexity([["a"]]),
        lambda m: m.log2_probability(["a"]),
        lambda m: m.generate(0),
        lambda m: m.vocabulary_size,
    ],
)
def test_a_model_that_was_not_fitted_says_so(ask):
    with pytest.raises(ValueError, match=r"^KneserNey: expected a model that was fitted, got none; call fit"):
        ask(KneserNey(2))


@over_models
@pytest.mark.parametrize("order", [0, 8, "3"])
def test_an_order_that_is_none(build, order):
    with pytest.raises(ValueError, match=f"^order: expected a whole number from 1 to 7, got {order!r}$"):
        build(order)


def test_a_method_has_tables_of_its_own():
    with pytest.raises(NotImplementedError):
        NGram(2).fit([["a"]])
