"""Theory without training: the bound against steps, parallel filling against the truth, fillings of a grammar."""

from functools import cache
from itertools import permutations, product
from math import factorial, log, prod

import numpy as np
import pytest
import torch

from coursekit.corpus import cuentos
from coursekit.diffusion.text import COSINE, LINEAR
from coursekit.diffusion.text.exact import ExactDenoiser, chain
from coursekit.diffusion.text.fillings import fillings
from coursekit.diffusion.text.theory import entropy_of, independent_filling, mean_gains, nelbo, parallel_divergence

MASK = 3


def test_two_places_by_hand():
    # 00 and 11, one half each: H = log 2; g(0) = 2 log 2, g(1) = 0; all at once fits in half of the draws
    sequences, p = torch.tensor([[0, 0], [1, 1]]), torch.tensor([0.5, 0.5])
    gains = mean_gains(sequences, p)
    assert gains.tolist() == pytest.approx([2 * log(2), 0], abs=1e-12)
    assert independent_filling(sequences, p) == pytest.approx((0.5, log(2)), abs=1e-12)
    assert [parallel_divergence(gains, log(2), steps) for steps in (1, 2)] == pytest.approx([log(2), 0], abs=1e-12)
    # T = 2: at t = 1 both hidden, weight 1/2: log 2; at t = 1/2 both hidden in 1/4, weight (1/2) / (1/2): log 2 / 2
    assert [nelbo(gains, steps) for steps in (1, 2)] == pytest.approx([2 * log(2), 1.5 * log(2)], abs=1e-12)


def test_a_chain_s_probabilities_sum_to_one_and_zeros_are_left_out():
    sequences, p = chain(torch.tensor([0.25, 0.75]), torch.tensor([[0.5, 0.5], [1.0, 0.0]]), 3)
    # from 0: 000 001 010; from 1: 100 101
    assert sequences.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1]]
    assert p.tolist() == pytest.approx([1 / 16, 1 / 16, 1 / 8, 3 / 8, 3 / 8])


def test_the_denoiser_is_bayes_rule(known):
    sequences, p, denoiser = known
    ids = torch.tensor([[0, MASK, MASK, 2, MASK], [MASK] * 5])
    q = denoiser(ids).exp()
    for row, text in zip(q, ids):
        fits = torch.tensor([all(a in (b, MASK) for a, b in zip(text.tolist(), s.tolist())) for s in sequences])
        for place, token in product(range(5), range(3)):
            expected = p[fits & (sequences[:, place] == token)].sum() / p[fits].sum()
            assert row[place, token].item() == pytest.approx(expected.item(), abs=1e-12)
    assert q[..., MASK].max() == 0
    torch.testing.assert_close(q.sum(-1), torch.ones(2, 5, dtype=torch.float64))


def test_one_step_costs_the_marginals_and_many_the_entropy(known):
    sequences, p, denoiser = known
    gains, entropy = mean_gains(sequences, p), entropy_of(p)
    marginals = torch.special.entr(denoiser(torch.full((1, 5), MASK)).exp()).sum().item()
    assert nelbo(gains, 1) == pytest.approx(marginals, abs=1e-12)
    assert gains[0].item() == pytest.approx(marginals, abs=1e-12)
    # the chain rule, over all orders
    assert sum(gain.item() / (5 - k) for k, gain in enumerate(gains)) == pytest.approx(entropy, abs=1e-12)
    for schedule in (LINEAR, COSINE):
        bounds = [nelbo(gains, 2**i, schedule) for i in range(13)]
        assert all(later < earlier for earlier, later in zip(bounds, bounds[1:]))
        assert 0 < bounds[-1] - entropy < 1e-3
    # the gap is c / T: it halves with twice the steps
    gaps = [nelbo(gains, steps) - entropy for steps in (512, 1024)]
    assert gaps[0] / gaps[1] == pytest.approx(2, abs=0.02)


def test_the_bound_is_the_sum_over_steps_masks_and_texts(known):
    # T = 3 by brute force: each text, each set of hidden places, each step
    sequences, p, denoiser = known
    gains, total = mean_gains(sequences, p), 0.0
    for pattern in product([False, True], repeat=5):
        hidden = torch.tensor(pattern)
        log_q = denoiser(sequences.masked_fill(hidden, MASK)).gather(-1, sequences[..., None])[..., 0]  # (N, 5)
        nats = -(p @ log_q[:, hidden].sum(1)).item()
        for t in (1 / 3, 2 / 3, 1.0):
            chance = t ** sum(pattern) * (1 - t) ** (5 - sum(pattern))
            total += chance * nats * (1 / 3) / t
    assert nelbo(gains, 3) == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize(("steps", "groups"), [(1, [5]), (2, [3, 2]), (3, [2, 2, 1]), (5, [1] * 5)])
def test_parallel_filling_over_all_orders_by_brute_force(known, steps, groups):
    sequences, p, denoiser = known

    @cache
    def answers(seen):
        ids = torch.full_like(sequences, MASK)
        ids[:, list(seen)] = sequences[:, list(seen)]
        return denoiser(ids).gather(-1, sequences[..., None])[..., 0]  # (N, 5)

    total = 0.0
    for order in permutations(range(5)):
        log_q, seen = torch.zeros(len(p), dtype=torch.float64), []
        for size in groups:
            group = order[len(seen) : len(seen) + size]
            log_q += answers(tuple(sorted(seen)))[:, list(group)].sum(1)
            seen += group
        total += (p * (p.log() - log_q)).sum().item()
    expected = total / factorial(5)
    found = parallel_divergence(mean_gains(sequences, p), entropy_of(p), steps)
    assert found == pytest.approx(expected, abs=1e-12)
    assert found >= -1e-12


def test_more_steps_stray_less(known):
    sequences, p, _ = known
    found = [parallel_divergence(mean_gains(sequences, p), entropy_of(p), steps) for steps in range(1, 6)]
    assert all(later < earlier for earlier, later in zip(found, found[1:]))
    assert found[-1] == pytest.approx(0, abs=1e-12)
    assert found[0] == pytest.approx(independent_filling(sequences, p)[1], abs=1e-12)


def test_a_chain_that_was_summed_over_by_another_program():
    # 3 tokens, 6 places; the bounds were worked out from all sequences and all masks before this library was written
    random = np.random.default_rng(0)
    transition, start = random.dirichlet([0.4] * 3, 3), random.dirichlet([1.0] * 3)
    sequences, p = chain(torch.tensor(start), torch.tensor(transition), 6)
    gains = mean_gains(sequences, p)
    assert entropy_of(p) == pytest.approx(4.22651, abs=5e-6)
    expected = {1: 5.57548, 2: 4.86348, 4: 4.53533, 8: 4.37848, 16: 4.30188, 64: 4.24524, 256: 4.23118, 1024: 4.22767}
    assert {steps: nelbo(gains, steps) for steps in expected} == pytest.approx(expected, abs=5e-6)
    assert all(0 < nelbo(gains, steps) - entropy_of(p) <= 1.3 / steps for steps in range(8, 1025))
    assert parallel_divergence(gains, entropy_of(p), 1) == pytest.approx(1.349, abs=5e-4)


def test_fillings_of_a_story_are_all_that_fit_and_sum_to_one():
    story = next(story for story in cuentos.stories(3) if len(story) > 12)
    template = [None if place in (2, 5) else token for place, token in enumerate(story)]
    found = fillings(template, cuentos.next_distribution)
    assert sum(p for _, p in found) == pytest.approx(1, abs=1e-12)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    gaps = dict(found)
    assert (story[2], story[5]) in gaps
    # Bayes' rule, with the probabilities of whole stories
    chances = {}
    for first, second in gaps:
        filled = [*story[:2], first, *story[3:5], second, *story[6:]]
        chances[first, second] = 2 ** cuentos.log2_probability(filled)
    total = sum(chances.values())
    assert all(gaps[pair] == pytest.approx(chance / total, abs=1e-12) for pair, chance in chances.items())


def test_without_gaps_or_hope_a_template_is_refused():
    def coin(prefix):
        return {"a": 0.5, "b": 0.5} if len(prefix) < 3 else {}

    assert fillings(["a", None, "b"], coin) == [(("a",), 0.5), (("b",), 0.5)]
    with pytest.raises(ValueError, match=r"^template: expected gaps \(None\), got none$"):
        fillings(["a"], coin)
    with pytest.raises(ValueError, match="^template: expected some text to fit, got none$"):
        fillings(["a", None, "c"], coin)
    with pytest.raises(ValueError, match="^limit: expected at most 5 beginnings, got 6; leave fewer gaps$"):
        fillings([None, None], coin, limit=5)


def test_what_is_refused(known):
    sequences, p, denoiser = known
    with pytest.raises(ValueError, match="^ids: expected some sequence to fit what is seen, got none$"):
        ExactDenoiser(torch.tensor([[0, 0]]), torch.tensor([1.0]), 3)(torch.tensor([[1, 3]]))
    with pytest.raises(ValueError, match=r"^expected sequences \(N, T\) and a probability above 0 for each, got"):
        ExactDenoiser(sequences, p[:-1], 3)
    with pytest.raises(ValueError, match=r"^sequences: expected clean ones, got the mask \(2\) among them$"):
        ExactDenoiser(sequences, p, 2)
    with pytest.raises(ValueError, match="^steps: expected 1 to 5, the places, got 6$"):
        parallel_divergence(mean_gains(sequences, p), entropy_of(p), 6)
    with pytest.raises(ValueError, match="^steps: expected a whole number >= 1, got 0$"):
        nelbo(mean_gains(sequences, p), 0)


def test_gains_are_never_negative_and_fall(known):
    sequences, p, _ = known
    per_place = [gain.item() / (5 - k) for k, gain in enumerate(mean_gains(sequences, p))]
    assert all(0 <= later <= earlier for earlier, later in zip(per_place, per_place[1:]))
    assert prod(per_place) > 0
