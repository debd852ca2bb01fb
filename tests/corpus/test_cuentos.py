"""The stories: their exact quantities, their Spanish, their text, and the dialect."""

import math
import os
import subprocess
import sys
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.corpus import cuentos
from coursekit.corpus.lexicon import RIOPLATENSE, SPANISH
from coursekit.corpus.morphology import DEFINITE, FEATURES, INDEFINITE

seeds = st.integers(0, 10**6)
examples = settings(derandomize=True, max_examples=40, deadline=None)


GOLDEN = (
    "Bruno vivía en una granja. Siempre estaba contento. Una tarde de invierno su hermana Inés le mostró "
    "un tambor verde. Luego Inés explicó: «Tengo sueño y quiero pescar, Bruno». Desde entonces Bruno "
    "nunca olvidó a Inés. Y la granja parecía triste."
)


ENTROPY, LENGTH = 75.457476054, 54.848664841  # bits and tokens a story


def sample(n, seed=0):
    return list(islice(cuentos.stories(seed), n))


@pytest.fixture(scope="module")
def stories():
    return sample(4000)


def test_entropy_rate_and_length_agree_with_a_sample(stories):
    # Ratio estimator r = mean(b) / mean(n) of bits b and lengths n; its standard error is
    # std(b - r n) / (mean(n) sqrt(N)). The mean length has std(n) / sqrt(N). Four of them, with a fixed seed.
    bits = [-cuentos.log2_probability(story) for story in stories]
    n, lengths = len(stories), [len(story) for story in stories]
    mean_length = sum(lengths) / n
    rate = sum(bits) / sum(lengths)
    residual = math.sqrt(sum((b - rate * m) ** 2 for b, m in zip(bits, lengths)) / (n - 1))
    assert abs(rate - cuentos.entropy_rate()) < 4 * residual / (mean_length * math.sqrt(n))
    spread = math.sqrt(sum((m - mean_length) ** 2 for m in lengths) / (n - 1))
    assert abs(mean_length - cuentos.expected_length()) < 4 * spread / math.sqrt(n)


def test_rate_times_length_is_the_entropy_of_a_story():
    assert cuentos.entropy_rate() * cuentos.expected_length() == pytest.approx(cuentos.story_entropy(), rel=1e-12)


def test_expected_counts_add_up_to_the_length_and_reach_every_word():
    counts = cuentos.expected_counts()
    assert sum(counts.values()) == pytest.approx(cuentos.expected_length(), rel=1e-12)
    assert set(counts) == set(cuentos.VOCABULARY)
    assert min(counts.values()) > 1e-3  # every word once in a thousand stories at least
    assert counts[cuentos.END] == 1


def test_expected_counts_agree_with_a_sample(stories):
    counts = cuentos.expected_counts()
    for word in ("la", "las", "»", "Inés", "estaban", "ella", "“"):
        seen = [story.count(word) for story in stories]
        mean = sum(seen) / len(seen)
        error = math.sqrt(sum((x - mean) ** 2 for x in seen) / (len(seen) - 1) / len(seen))
        assert abs(mean - counts[word]) < 4 * error, word


def test_the_size_of_the_corpus_is_as_planned():
    assert 350 <= len(cuentos.VOCABULARY) <= 425
    assert cuentos.maximum_length() <= 126
    assert 40 <= cuentos.expected_length() <= 60


def test_stories_stay_in_the_vocabulary_and_in_the_context(stories):
    for story in stories:
        assert story[-1] == cuentos.END
        assert cuentos.END not in story[:-1]
        assert len(story) <= cuentos.maximum_length()
        assert cuentos.decode(cuentos.encode(story)) == story


def test_vocabulary_starts_with_end_and_runs_from_the_most_frequent():
    counts = cuentos.expected_counts()
    assert cuentos.VOCABULARY[0] == cuentos.END
    assert len(set(cuentos.VOCABULARY)) == len(cuentos.VOCABULARY)
    frequencies = [counts[word] for word in cuentos.VOCABULARY[1:]]
    assert all(a >= b - 1e-9 for a, b in zip(frequencies, frequencies[1:]))
    assert cuentos.VOCABULARY[1] == "."


def test_words_that_are_equally_frequent_follow_the_alphabet():
    # not the last bits of a sum, which another machine may round otherwise: checkpoints hold these ids
    counts, words = cuentos.expected_counts(), cuentos.VOCABULARY[1:]
    assert all(a < b or counts[a] - counts[b] > 1e-9 for a, b in zip(words, words[1:]))
    assert any(abs(counts[a] - counts[b]) < 1e-9 for a, b in zip(words, words[1:]))


@examples
@given(seeds)
def test_next_distributions_sum_to_one_and_multiply_to_the_story(seed):
    story = next(cuentos.stories(seed))
    bits = cuentos.log2_probabilities(story)
    for i, token in enumerate(story):
        distribution = cuentos.next_distribution(story[:i])
        assert sum(distribution.values()) == pytest.approx(1, abs=1e-12)
        assert math.log2(distribution[token]) == pytest.approx(bits[i], abs=1e-9)
    assert math.fsum(bits) == cuentos.log2_probability(story)


@examples
@given(seeds)
def test_text_and_tokens_round_trip(seed):
    story = next(cuentos.stories(seed))
    text = cuentos.text(story)
    assert cuentos.tokens(text) == story
    assert text[0].isupper()
    assert text.endswith(".")
    assert "  " not in text
    assert not any(mark in text for mark in (" ,", " .", " »", " ”", " ?", " !", "« ", "“ ", "¿ ", "¡ "))


def test_every_sampled_text_round_trips(stories):
    assert all(cuentos.tokens(cuentos.text(story)) == story for story in stories)


@examples
@given(seeds)
def test_quotation_marks_close_in_order(seed):
    story, opened = next(cuentos.stories(seed)), []
    closing = {"«": "»", "“": "”", "¿": "?", "¡": "!"}
    for token in story:
        if token in closing:
            opened.append(closing[token])
        elif token in closing.values():
            assert opened.pop() == token
    assert not opened


def test_quotations_nest_two_deep(stories):
    texts = [" ".join(story) for story in stories]
    assert any("“" in text for text in texts)
    assert any("le contó un cuento : « había una vez" in text for text in texts)
    assert all("« " not in text.partition("“")[2].partition("”")[0] for text in texts)


def test_the_first_story_of_seed_0_stays_the_same():
    assert cuentos.text(next(cuentos.stories(0))) == GOLDEN


def test_the_grammar_stays_the_same():
    # A regression, not a truth: these change when a rule, a weight or a word does, and with them every recorded
    # number that was measured on the stories.
    assert cuentos.story_entropy() == pytest.approx(ENTROPY, abs=1e-8)
    assert cuentos.expected_length() == pytest.approx(LENGTH, abs=1e-8)


@pytest.mark.slow
def test_stories_do_not_depend_on_the_hash_seed():
    code = (
        "from coursekit.corpus import cuentos as c; print(c.text(next(c.stories(3))), *c.VOCABULARY, c.entropy_rate())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": value, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for value in ("1", "2")
    }
    assert len(outputs) == 1


def test_articles_and_contractions_agree_with_the_noun_that_follows(stories):
    articles = {form: pair for table in (DEFINITE, INDEFINITE) for pair, form in table.items()}
    articles |= {"al": ("m", "s"), "del": ("m", "s")}
    features, seen = SPANISH.noun_features(), set()
    for story in stories:
        for word, following in zip(story, story[1:]):
            assert (word, following) not in {("a", "el"), ("de", "el")}
            if word in articles and following in features:
                assert articles[word] == features[following]
                seen.add(word)
    assert seen == set(articles)


def test_adjectives_agree_with_the_noun_beside_them(stories):
    features = SPANISH.noun_features()
    looks = {a.form(g, n): set() for a in SPANISH.adjectives["looks"] for g, n in FEATURES}
    for adjective in SPANISH.adjectives["looks"]:
        for g, n in FEATURES:
            looks[adjective.form(g, n)].add((g, n))
    pairs = [(a, b) for story in stories for a, b in zip(story, story[1:]) if a in features and b in looks]
    assert len(pairs) > 1000
    assert all(features[noun] in looks[adjective] for noun, adjective in pairs)


def test_two_names_are_joined_by_e_before_i(stories):
    texts = " ".join(" ".join(story) for story in stories)
    assert " e Inés " in texts
    assert " y Inés" not in texts
    assert " y Hugo " in texts


def test_the_friend_has_another_name(stories):
    for story in stories:
        for i, (name, verb) in enumerate(zip(story, story[1:])):
            if verb == "contestó":
                speaker = next(word for word in reversed(story[:i]) if word in SPANISH.gender)
                assert speaker != name


AGREEMENT = "las ovejas que vieron al perro viejo estaban cansadas"
STORY = (
    f"Lucía era una niña muy curiosa . una tarde salió a jugar con su amiga Inés . {AGREEMENT} . "
    "Inés dijo : « estoy un poco cansada , Lucía » . al final Lucía e Inés volvieron a casa contentas . <fin>"
).split()


def test_a_story_written_by_hand_is_in_the_grammar():
    assert -150 < cuentos.log2_probability(STORY) < -50


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cansadas", "cansado"),
        ("cansadas", "cansados"),
        ("estaban", "estaba"),
        ("vieron", "vio"),
        ("viejo", "viejos"),
        ("curiosa", "curioso"),
        ("cansada", "cansado"),
        ("contentas", "contentos"),
        ("al", "a"),
        ("amiga", "amigo"),
        ("e", "y"),
    ],
)
def test_a_story_whose_agreement_is_broken_is_refused(right, wrong):
    at = STORY.index(right)
    broken = [*STORY[:at], wrong, *STORY[at + 1 :]]
    with pytest.raises(ValueError, match="found "):
        cuentos.log2_probability(broken)


def test_a_name_that_nobody_bears_cannot_return():
    at = len(STORY) - 1 - STORY[::-1].index("Inés")
    with pytest.raises(ValueError, match=f"token {at}: found 'Carmen', expected 'Inés'"):
        cuentos.log2_probability([*STORY[:at], "Carmen", *STORY[at + 1 :]])


@examples
@given(seeds, st.randoms(use_true_random=False))
def test_a_story_with_two_words_exchanged_is_another_story_or_none(seed, random):
    story = next(cuentos.stories(seed))
    i = random.randrange(len(story) - 2)
    other = [*story[:i], story[i + 1], story[i], *story[i + 2 :]]
    try:
        bits = cuentos.log2_probabilities(other)
    except ValueError as error:
        at = int(str(error).split()[1].rstrip(":"))
        assert at >= i
    else:
        assert all(b <= 0 for b in bits)


def test_unknown_words_and_ids_are_named():
    with pytest.raises(ValueError, match="got 'computadora'"):
        cuentos.tokens("Una computadora.")
    with pytest.raises(ValueError, match=r"VOCABULARY \(\d+ of them\), got 'Lucia'"):
        cuentos.encode(["Lucia"])
    for outside in (-1, len(cuentos.VOCABULARY)):
        with pytest.raises(ValueError, match=f"expected ids from 0 to {len(cuentos.VOCABULARY) - 1}, got {outside}"):
            cuentos.decode([outside])


def test_rioplatense_keeps_the_ids_and_speaks_with_voseo():
    dialect = cuentos.Cuentos(RIOPLATENSE, shared=cuentos.VOCABULARY)
    n = len(cuentos.VOCABULARY)
    assert dialect.VOCABULARY[:n] == cuentos.VOCABULARY
    new = """acá barrilete barriletes enojada enojadas enojado enojados linda lindas lindo lindos
        mirá nena nenas nene nenes querés sos tenés vení"""
    assert sorted(dialect.VOCABULARY[n:]) == sorted(new.split())
    story = next(s for s in dialect.stories(0) if "querés" in s)
    assert dialect.decode(dialect.encode(story)) == story
    assert dialect.log2_probability(story) < 0
    with pytest.raises(ValueError, match="found "):
        cuentos.log2_probability(story)
    with pytest.raises(ValueError, match="expected a vocabulary that starts with '<fin>', got"):
        cuentos.Cuentos(SPANISH, shared=("hola",))


def test_a_proper_name_that_is_also_a_word_is_refused():
    for name in ("Luna", "ana"):
        with pytest.raises(ValueError, match=f"proper names: expected a capital and no word alike.*got '{name}'"):
            cuentos.Cuentos(replace(SPANISH, names={"f": (name, "Inés"), "m": ("Leo", "Hugo")}))
