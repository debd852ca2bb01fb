from itertools import islice

import pytest

from coursekit.corpus import cuentos
from coursekit.ngram import KneserNey
from coursekit.ngram.counting import END
from coursekit.ngram.generations import generations

STORIES = list(islice(cuentos.stories(0), 40))


def build():
    return KneserNey(3, modified=False)


def test_replacing_and_accumulating():
    (first, real), (second, drawn), (_, again) = generations(build, STORIES, 2, seed=5)
    assert real == STORIES
    assert first.counts.counts(1) == build().fit(STORIES).counts.counts(1)
    # each learns from what the one before has drawn, with a seed of its own
    assert drawn == list(islice(first.stories(5), 40))
    assert again == list(islice(second.stories(6), 40))
    assert second.counts.counts(1) == build().fit(drawn).counts.counts(1)

    (_, _), (kept, data), (_, more) = generations(build, iter(STORIES), 2, accumulate=True, seed=5)
    assert data == STORIES + drawn
    assert more == data + list(islice(kept.stories(6), 40))


def test_a_sentence_without_words_can_be_drawn_and_learned_from():
    *_, (_, data) = generations(lambda: KneserNey(1, modified=False), [["a"], ["b"]] * 20, 3)
    assert [END] in data


def test_a_vocabulary_outlives_its_words():
    *_, (last, data) = generations(build, STORIES, 3, vocabulary=cuentos.VOCABULARY)
    assert last.vocabulary_size == len(cuentos.VOCABULARY) + 1
    lost = next(word for word in cuentos.VOCABULARY if not any(word in story for story in data))
    assert last.prob(lost) > 0
    *_, (last, _) = generations(build, STORIES, 1)
    assert last.vocabulary_size < len(cuentos.VOCABULARY)


def test_the_number_of_generations():
    assert len(list(generations(build, STORIES, 0))) == 1
    for count in (-1, 1.5):
        with pytest.raises(ValueError, match=f"^count: expected a whole number >= 0, got {count}$"):
            generations(build, STORIES, count)
