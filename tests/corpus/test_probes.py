"""Probes of agreement and of memory, checked with the exact next distribution."""

from itertools import islice

import pytest

from coursekit.corpus import cuentos
from coursekit.corpus.lexicon import SPANISH

FEATURES = SPANISH.noun_features()


@pytest.mark.parametrize("attractor", [True, False])
def test_the_right_form_can_follow_and_the_wrong_ones_cannot(attractor):
    for prefix, right, wrong in islice(cuentos.agreement_pairs(0, attractor), 200):
        distribution = cuentos.next_distribution(prefix)
        assert distribution[right] > 0
        assert wrong
        assert not set(wrong) & set(distribution)


def test_an_attractor_stands_between_and_the_wrong_form_agrees_with_it():
    forms, gaps = SPANISH.forms(), []
    for prefix, right, wrong in islice(cuentos.agreement_pairs(1), 200):
        nouns = [word for word in prefix if word in FEATURES]
        assert wrong == (forms[right][FEATURES[nouns[-1]]],)
        assert wrong[0] != right
        gaps.append(prefix[::-1].index(nouns[-2]))
    assert max(gaps) >= 6


def test_without_an_attractor_the_nearest_noun_agrees():
    forms = SPANISH.forms()
    for prefix, right, wrong in islice(cuentos.agreement_pairs(1, attractor=False), 200):
        nearest = next(word for word in reversed(prefix) if word in FEATURES)
        assert forms[right][FEATURES[nearest]] == right
        assert right not in wrong
        assert len(set(wrong)) == len(wrong)
        assert prefix[-1] in ("estaba", "estaban", "parecía", "parecían", "está", "están", "parece", "parecen") or (
            right in ("estaba", "estaban", "parecía", "parecían", "está", "están", "parece", "parecen")
        )


def test_both_verbs_and_adjectives_are_probed():
    rights = {right for _, right, _ in islice(cuentos.agreement_pairs(0), 300)}
    assert {"estaban", "estaba", "cansadas", "perdidos"} <= rights


@pytest.mark.parametrize("distance", [8, 20, 40])
def test_names_return_from_afar_and_nothing_else_can_follow(distance):
    for prefix, name in islice(cuentos.name_returns(0, distance), 100):
        distribution = cuentos.next_distribution(prefix)
        assert name in distribution
        assert set(distribution) <= set(prefix) & set(SPANISH.gender)
        assert name not in prefix[len(prefix) - distance + 1 :]


def test_the_distance_counts_the_tokens_back_to_the_last_mention():
    returns = islice(cuentos.name_returns(0, 1), 300)
    gaps = [prefix[::-1].index(name) + 1 for prefix, name in returns]
    for distance in (min(gaps), 12):
        kept = [p[::-1].index(n) + 1 for p, n in islice(cuentos.name_returns(0, distance), gaps.index(max(gaps)) // 4)]
        assert kept == [gap for gap in gaps if gap >= distance][: len(kept)]


def test_probes_are_deterministic():
    assert list(islice(cuentos.agreement_pairs(5), 5)) == list(islice(cuentos.agreement_pairs(5), 5))
    assert next(cuentos.agreement_pairs(5)) != next(cuentos.agreement_pairs(6))
    assert next(cuentos.name_returns(5)) != next(cuentos.name_returns(6))
