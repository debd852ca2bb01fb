"""Each method against numbers worked by hand, on three sentences: a b END, a c END, b END.

Counts: a 2, b 2, c 1, END 3, 8 in all; START a 2, START b 1, a b 1, a c 1, b END 2, c END 1.
|V| = 5: a, b, c, END, UNKNOWN.
"""

from math import log2

import numpy as np
import pytest

from coursekit.ngram import AbsoluteDiscounting, Additive, JelinekMercer, Katz, KneserNey, WittenBell
from coursekit.ngram.counting import END, START, UNKNOWN, count_ngrams
from coursekit.ngram.discounting import single_discount
from coursekit.ngram.good_turing import discounted_counts, katz_discounts, unseen_mass
from coursekit.ngram.jelinek_mercer import buckets, learn_weights
from coursekit.ngram.kneser_ney import modified_discounts

SENTENCES = [["a", "b"], ["a", "c"], ["b"]]


def near(value):
    return pytest.approx(value, rel=0, abs=1e-14)


def test_kneser_ney_with_one_discount():
    model = KneserNey(2, modified=False).fit(SENTENCES)
    # order 1 counts what stands before: a 1 (START), b 2 (START, a), c 1 (a), END 2 (b, c), 6 in all.
    # n1 = n2 = 2: D = 2 / (2 + 4) = 1/3; gamma = 4 / 3 / 6 = 2/9, of which each word gets 2/45
    p1 = {"a": (1 - 1 / 3) / 6 + 2 / 45, "b": (2 - 1 / 3) / 6 + 2 / 45, "c": 7 / 45, END: 29 / 90, UNKNOWN: 2 / 45}
    assert model.distribution() == near(p1)
    # order 2: n1 = 4, n2 = 2: D = 4 / (4 + 4) = 1/2
    assert model.discounts == [(near(1 / 3),), (near(1 / 2),)]
    # after a: b and c once each: (1 - 1/2) / 2 each, and 2 / 2 / 2 = 1/2 for order 1
    after_a = {word: p / 2 + (0.25 if word in "bc" else 0) for word, p in p1.items()}
    assert model.distribution(["a"]) == near(after_a)
    # after START: a (2 - 1/2) / 3, b (1 - 1/2) / 3, and 1/3 for order 1: START has no other order to be counted at
    assert model.prob("a", [START]) == near(1 / 2 + 7 / 45 / 3)
    assert model.next_distribution([]) == model.distribution([START])
    # nothing follows END or a word never seen: order 1
    assert model.distribution([END]) == model.distribution(["z"]) == model.distribution()
    # of a longer context the last word counts
    assert model.distribution(["c", "z", "a"]) == model.distribution(["a"])
    assert model.prob("z", ["b"]) == model.prob(UNKNOWN, ["b"]) == near(1 / 4 * 2 / 45)


def test_kneser_ney_counts_the_start_as_it_is_in_every_order():
    model = KneserNey(3, modified=False).fit(SENTENCES)
    # order 2: START a 2, START b 1 as they are; a b 1 (START), a c 1 (START), b END 2 (START, a), c END 1 (a).
    # n1 = 4, n2 = 2, D = 1/2: p(a | START) as in the model of order 2
    assert model.discounts[1] == (near(1 / 2),)
    assert model.prob("a", [START]) == near(1 / 2 + 7 / 45 / 3)
    # order 3: five n-grams, once each: no n2, so D = 1/2. After START a: b, c: 1/4 each, 1/2 for order 2
    assert model.discounts[2] == (0.5,)
    assert model.prob("b", [START, "a"]) == near(1 / 4 + model.prob("b", ["a"]) / 2)


def test_modified_kneser_ney():
    # a, b, c, END once: n1 = 4; d, e twice: n2 = 2; f three times: n3 = 1; g four times: n4 = 1; 15 in all
    model = KneserNey(1).fit([[*"abcddeefffgggg"]])
    # Y = 4 / 8; D1 = 1 - 2/2 * 2/4 = 1/2; D2 = 2 - 3/2 * 1/2 = 5/4; D3 = 3 - 4/2 * 1/1 = 1
    assert model.discounts == [(0.5, 1.25, 1.0)]
    # gamma = (4 * 1/2 + 2 * 5/4 + 2 * 1) / 15 = 13/30, for 9 words: a .. g, END, UNKNOWN
    rest = 13 / 30 / 9
    assert model.prob("a") == model.prob(END) == near(0.5 / 15 + rest)
    assert model.prob("d") == near(0.75 / 15 + rest)
    assert model.prob("f") == near(2 / 15 + rest)
    assert model.prob("g") == near(3 / 15 + rest)
    assert model.prob("z") == near(rest)
    assert modified_discounts({1: 4, 2: 2, 3: 1, 4: 1}) == (0.5, 1.25, 1.0)
    # with one discount, n1 / (n1 + 2 n2) = 4 / 8
    assert KneserNey(1, modified=False).fit([[*"abcddeefffgggg"]]).discounts == [(0.5,)]


def test_small_texts_fall_back_on_one_discount_and_say_so():
    # D2 = 2 - 3 Y n3 / n2 with n1 = 4, n2 = 1: Y = 2/3; n3 = 2: 2 - 4 < 0
    assert modified_discounts({1: 4, 2: 1, 3: 2, 4: 1}) is None
    # D3 = 3 - 4 Y n4 / n3: Y = 1/2, n4 = 2 n3: 3 - 4 < 0
    assert modified_discounts({1: 4, 2: 2, 3: 1, 4: 2}) is None
    assert all(modified_discounts({r: 1 for r in (1, 2, 3, 4) if r != missing}) is None for missing in (1, 2, 3, 4))
    with pytest.warns(UserWarning, match=r"^order \d: no three discounts above 0 from n_") as said:
        model = KneserNey(2).fit(SENTENCES)
    assert [str(warning.message) for warning in said] == [
        "order 1: no three discounts above 0 from n_1 to n_4 = (2, 2, 0, 0); using one for all",
        "order 2: no three discounts above 0 from n_1 to n_4 = (4, 2, 0, 0); using one for all",
    ]
    assert said[0].filename == __file__
    assert model.distribution(["a"]) == KneserNey(2, modified=False).fit(SENTENCES).distribution(["a"])
    assert [len(discounts) for discounts in model.discounts] == [1, 1]


def test_a_single_discount_is_never_0_or_1():
    assert single_discount({1: 4, 2: 2}) == 0.5
    assert single_discount({1: 2, 2: 2}) == near(1 / 3)
    assert single_discount({1: 2}) == single_discount({2: 2}) == single_discount({3: 1}) == 0.5


def test_absolute_discounting():
    model = AbsoluteDiscounting(2).fit(SENTENCES)
    # order 1 counts words: n1 = 1 (c), n2 = 2 (a, b): D = 1/5, gamma = 4/5 / 8 = 1/10, 1/50 a word
    assert model.prob("b") == near(1.8 / 8 + 1 / 50)
    # order 2: D = 1/2 as above
    assert model.prob("b", ["a"]) == near(1 / 4 + (1.8 / 8 + 1 / 50) / 2)


def test_witten_bell():
    model = WittenBell(2).fit(SENTENCES)
    # order 1: 8 words, 4 of them different: p(b) = (2 + 4/5) / 12
    assert model.prob("b") == near(2.8 / 12)
    # after a: 2 words, 2 different: (1 + 2 p(b)) / 4
    assert model.prob("b", ["a"]) == near((1 + 2 * 2.8 / 12) / 4)


def test_additive():
    model = Additive(2).fit(SENTENCES)
    assert model.prob("b", ["a"]) == near((1 + 1) / (2 + 5))
    assert model.prob("z", ["a"]) == near(1 / 7)
    assert model.prob("a", [START]) == near(3 / 8)
    # after what was never seen all words are equal; with no context at all it counts words
    assert model.prob("a", ["z"]) == near(1 / 5)
    assert model.prob("a") == near(3 / 13)
    assert Additive(2, delta=0.5).fit(SENTENCES).prob("b", ["a"]) == near(1.5 / 4.5)
    # at the start of a sentence there is no third word, so order 2 decides
    assert Additive(3).fit(SENTENCES).log2_probabilities(["a"])[0] == near(log2(3 / 8))
    for delta in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match=f"^delta: expected a number above 0, got {delta}$"):
            Additive(2, delta=delta)


def test_good_turing():
    counts = count_ngrams(SENTENCES, 2)
    # one word of 8 was seen once; four pairs of 8 were
    assert unseen_mass(counts, 1) == 1 / 8
    assert unseen_mass(counts, 2) == 4 / 8
    # 1* = 2 * 4/10; 2* = 3 * 2/4; 3* = 4 * 0/2
    assert discounted_counts({1: 10, 2: 4, 3: 2}) == near({1: 0.8, 2: 1.5, 3: 0.0})


def test_katz_discounts():
    # n1 = 10, n2 = 4, n3 = 2, no n4: L = 2, q = 3 * 2 / 10; d1 = (0.8 - 0.6) / 0.4, d2 = (1.5 / 2 - 0.6) / 0.4
    assert katz_discounts([1] * 10 + [2] * 4 + [3] * 2) == near([0.5, 0.375])
    # zipf: n_r = 120, 60, 40, 30, 24, 20: r* = (r + 1) n_(r+1) / n_r = r, so d_r = 1: not below 1, for any L
    assert katz_discounts(np.repeat(range(1, 7), (120, 60, 40, 30, 24, 20))) is None
    # what is discounted adds up to n1, Good-Turing's mass for what was not seen: sum of n_r r (1 - d_r) = n1
    n = (1000, 300, 150, 90, 60, 43)
    kept = katz_discounts(np.repeat(range(1, 7), n))
    assert len(kept) == 5
    assert sum(n_r * r * (1 - d) for n_r, r, d in zip(n, range(1, 6), kept)) == pytest.approx(1000, abs=1e-9)
    # q = 1 has no discounts
    assert katz_discounts([1] * 3 + [2] * 2 + [3]) is None


def test_katz():
    model = Katz(2).fit(SENTENCES)
    # too small for Good-Turing: every count loses 1/2. Order 1: (1.5, 1.5, 0.5, 2.5) / 8, and 1/4 left for UNKNOWN
    p1 = {"a": 1.5 / 8, "b": 1.5 / 8, "c": 0.5 / 8, END: 2.5 / 8, UNKNOWN: 1 / 4}
    assert model.distribution() == near(p1)
    # after a: b, c: 0.5 / 2 each; 1/2 left, for words that have 1 - 2/8 at order 1: gamma = 2/3
    expected = {word: 1 / 4 if word in "bc" else p * 2 / 3 for word, p in p1.items()}
    assert model.distribution(["a"]) == near(expected)
    assert model.log2_probabilities(["a", "a"])[1] == near(log2(1.5 / 8 * 2 / 3))


def test_katz_discounts_what_good_turing_discounts():
    # one word each: 10 once, 4 twice, 2 three times, END 16 times, one a sentence; 40 in all
    words = [f"o{i}" for i in range(10)] + [f"t{i}" for i in range(4)] * 2 + ["x", "y"] * 3
    model = Katz(1).fit([[word] for word in words])
    total = len(words) + len(words)
    assert model.prob("o0") == near(0.5 / total)
    assert model.prob("t0") == near(2 * 0.375 / total)
    assert model.prob("x") == near(3 / total)
    # left: 10 * 1/2 + 4 * 2 * 5/8 = 10
    assert model.prob("z") == near(10 / total)


def test_katz_leaves_something_where_nothing_is_discounted():
    # after x, y four times: with L = 2 a count of 4 is whole, so it counts as 4 of 5
    sentences = [[f"o{i}"] for i in range(10)] + [[f"t{i % 4}"] for i in range(8)] + [["q"]] * 3 + [["r"]] * 3
    # pairs START w: n1 = 10, n2 = 4, n3 = 2; w END the same; and x y 4, START x 4, y END 4
    model = Katz(2).fit(sentences + [["x", "y"]] * 4)
    assert model.prob("y", ["x"]) == near(4 / 5)
    assert sum(model.distribution(["x"]).values()) == near(1)
    assert model.prob("q", ["x"]) == near(1 / 5 * model.prob("q") / (1 - model.prob("y")))


def test_katz_where_every_word_has_been_seen():
    model = Katz(1).fit([["a", UNKNOWN]])
    # a, UNKNOWN, END once each: there is no other word
    assert model.distribution() == near({"a": 1 / 3, UNKNOWN: 1 / 3, END: 1 / 3})


def test_jelinek_mercer():
    counted, held_out = [["a"]], [["z"]]
    # counted: a, END; held out: UNKNOWN, END; |V| = 3; order 1's context has 2 words, bucket 1
    weights, history = learn_weights(count_ngrams(counted, 1), held_out, rounds=1)
    # E: UNKNOWN was not said by order 1; END: 1/2 * 1/2 of 1/2 * 1/2 + 1/2 * 1/3 = 5/12, 3/5. M: (0 + 3/5) / 2
    assert weights[0, 1] == near(3 / 10)
    assert history == near([(log2(1 / 6) + log2(5 / 12)) / 2])
    assert set(np.delete(weights[0], 1)) == {0.5}
    # two orders: after START and after z. END after z: order 2 knows no z, so order 1 is asked as before.
    # UNKNOWN after START (bucket 0): order 2 says nothing of it, 0 of 1; order 1 neither
    weights, _ = learn_weights(count_ngrams(counted, 2), held_out, rounds=1)
    assert (weights[1, 0], weights[0, 1]) == (0, near(3 / 10))
    # held out: a END. Order 2: a after START 1/2 * 1 of 1/2 + 1/2 p1, p1 = 5/12: s = 12/17; END after a alike.
    weights, _ = learn_weights(count_ngrams(counted, 2), [["a"]], rounds=1)
    assert weights[1, 0] == near(12 / 17)
    # order 1 is asked for the rest, 5/17 twice, and says 3/5 of it
    assert weights[0, 1] == near(3 / 5)
    assert buckets(np.array([0, 1, 2, 3, 4, 7, 8, 2**15, 2**20])).tolist() == [0, 0, 1, 1, 2, 2, 3, 15, 15]


def test_jelinek_mercer_mixes_with_its_weights():
    model = JelinekMercer(2).fit(SENTENCES, held_out=[["a", "b"], ["c"]])
    model.weights[0, 3], model.weights[1, 1] = 0.6, 0.7  # 8 words; after a, 2
    model._make_levels()
    p_b = 0.6 * 2 / 8 + 0.4 / 5
    assert model.prob("b") == near(p_b)
    assert model.prob("b", ["a"]) == near(0.7 / 2 + 0.3 * p_b)


def test_jelinek_mercer_learns_its_weights_on_what_it_has_not_counted():
    sentences = [["a", "b"], ["a", "c"]] * 10
    model = JelinekMercer(2).fit(sentences)
    weights, history = learn_weights(count_ngrams(sentences[:18], 2), sentences[18:])
    assert model.weights.tolist() == weights.tolist()
    assert model.history == history
    assert model.counts.counts(1)["a",] == 20
    assert all(later >= before - 1e-12 for before, later in zip(history, history[1:]))
    assert history[-1] > history[0] + 0.1
    assert JelinekMercer(2).fit(iter(sentences)).weights.tolist() == weights.tolist()
    with pytest.raises(ValueError, match="^sentences: expected at least 2, so that one can be held out, got 1$"):
        JelinekMercer(2).fit([["a"]])
    assert JelinekMercer(2).fit([["a"]], held_out=[["a"]]).prob("a") > 0


def test_no_weight_makes_a_word_impossible():
    model = JelinekMercer(1).fit([["a"]] * 50, held_out=[["a"]] * 50)
    assert model.weights.max() <= 1 - 1e-9
    assert model.prob("z") > 0
