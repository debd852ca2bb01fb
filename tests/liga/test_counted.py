"""A model that counts, under the protocol."""

from itertools import islice

import pytest

from coursekit.corpus import cuentos
from coursekit.liga import Protocol, draw, play_counted
from coursekit.ngram import Additive, KneserNey
from coursekit.scoring import paired_excess

SMALL = Protocol(tokens=2000, seeds=(3, 4), evaluations=2, test_stories=20)


@pytest.fixture(scope="module")
def row():
    return play_counted(lambda: KneserNey(2, modified=False), SMALL)


def test_each_seed_reads_its_own_stories_and_more_is_better(row):
    assert [run["seed"] for run in row["runs"]] == [3, 4]
    for run in row["runs"]:
        assert 1000 <= run["tokens"][0] < 1000 + cuentos.maximum_length()
        assert 2000 <= run["tokens"][1] < 2000 + cuentos.maximum_length()
        assert run["excess"][0] > run["excess"][1] > 0
    assert row["runs"][0]["excess"] != row["runs"][1]["excess"]


def test_the_last_point_is_that_of_a_model_fitted_to_the_same_stories(row):
    stories, total = [], 0
    for story in cuentos.stories(3):
        stories, total = [*stories, story], total + len(story)
        if total >= 2000:
            break
    model = KneserNey(2, modified=False).fit(stories, cuentos.VOCABULARY)
    test = list(islice(cuentos.stories(SMALL.test_seed), 20))
    score = paired_excess(
        [cuentos.log2_probability(story) for story in test],
        [model.log2_probability(story) for story in test],
        [len(story) for story in test],
    )
    assert row["runs"][0]["excess"][1] == pytest.approx(score.mean, abs=1e-12)
    assert row["runs"][0]["standard_error"] == pytest.approx(score.standard_error, abs=1e-12)


def test_what_it_keeps_grows_with_the_order():
    kept = [play_counted(lambda order=order: Additive(order), SMALL)["weight_bytes"] for order in (1, 3)]
    assert kept[0] < kept[1]


def test_bytes_of_what_it_remembers_by_hand(row):
    assert row["state_bytes"] == 8  # one word before, an id of 8 bytes


def test_it_is_drawn_without_operations(row):
    axes = draw({"KN-5": row}, {}).axes
    assert [len(axes[i].lines) for i in (0, 1)] == [1, 0]
