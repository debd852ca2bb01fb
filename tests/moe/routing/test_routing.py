"""The routers: against numbers worked by hand, each other, and what they must refuse."""

from math import log

import pytest
import torch

from coursekit.moe.balance import expert_load
from coursekit.moe.routing import (
    drop_overflow,
    expert_capacity,
    route_expert_choice,
    route_sigmoid,
    route_softmax_first,
    route_top_k,
)

ROUTERS = {
    "top_k": route_top_k,
    "softmax_first": route_softmax_first,
    "sigmoid": route_sigmoid,
    "sigmoid, biased": lambda logits, k: route_sigmoid(logits, k, torch.linspace(-0.2, 0.2, logits.shape[1])),
}


def scores(N, E, seed=0):
    return torch.randn(N, E, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


# softmax: (1, 5, 2.5, 1.5) / 10
BY_HAND = torch.tensor([[log(1), log(5), log(2.5), log(1.5)]], dtype=torch.float64)


def test_top_k_by_hand():
    # (1, 5, 2.5, 1.5) / 10: the two best have 5 and 2.5, of these 2/3 and 1/3
    weights, indices = route_top_k(BY_HAND, 2)
    assert indices.tolist() == [[1, 2]]
    assert weights[0].tolist() == pytest.approx([2 / 3, 1 / 3], abs=1e-15)


def test_softmax_first_by_hand():
    for k, expected in ((1, [0.5]), (2, [0.5, 0.25])):
        weights, indices = route_softmax_first(BY_HAND, k)
        assert indices.tolist() == [[1, 2][:k]]
        assert weights[0].tolist() == pytest.approx(expected, abs=1e-15)


def test_sigmoid_by_hand():
    # sigmoid(ln(p / (1 - p))) = p: affinities 0.6, 0.5, 0.3, 0.1. A bias of 0.35 lets 2 pass (0.65), not its weight:
    # 0.3 / (0.3 + 0.6) and 0.6 / 0.9, times 2.5
    p = torch.tensor([[0.6, 0.5, 0.3, 0.1]], dtype=torch.float64)
    bias = torch.tensor([0, 0, 0.35, 0], dtype=torch.float64)
    weights, indices = route_sigmoid(p.logit(), 2, bias, scale=2.5)
    assert indices.tolist() == [[2, 0]]
    assert weights[0].tolist() == pytest.approx([2.5 / 3, 5 / 3], abs=1e-14)
    weights, indices = route_sigmoid(p.logit(), 2, normalise=False)
    assert indices.tolist() == [[0, 1]]
    assert weights[0].tolist() == pytest.approx([0.6, 0.5], abs=1e-14)


def test_groups_by_hand():
    # three groups of three. Sums of the two best: 0.9 + 0.1 = 1.0, 0.6 + 0.5 = 1.1, 0.4 + 0.4 = 0.8. One group is
    # kept: the second, though the best expert stands in the first. Two are kept: 0 and 3
    p = torch.tensor([[0.9, 0.1, 0.05, 0.6, 0.5, 0.05, 0.4, 0.4, 0.39]], dtype=torch.float64)
    assert route_sigmoid(p.logit(), 2, groups=3, kept_groups=1)[1].tolist() == [[3, 4]]
    assert route_sigmoid(p.logit(), 2, groups=3, kept_groups=2)[1].tolist() == [[0, 3]]
    # the bias counts in the groups' scores too: 0.4 + 0.4 + 2 * 0.2 = 1.2
    bias = torch.tensor([0.0] * 6 + [0.2] * 3)
    assert route_sigmoid(p.logit(), 2, bias, groups=3, kept_groups=1)[1].sort().values.tolist() == [[6, 7]]


@pytest.mark.parametrize("N", [1, 63, 64, 65])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_mixtral_s_gate_is_softmax_top_k_and_renormalise(N, k):
    logits = scores(N, 5)
    weights, indices = route_top_k(logits, k)
    first, same = route_softmax_first(logits, k)
    assert indices.equal(same)
    torch.testing.assert_close(weights, first / first.sum(-1, keepdim=True), rtol=0, atol=1e-14)
    if k < 5:
        assert not torch.allclose(weights, first)


@pytest.mark.parametrize("route", ROUTERS.values(), ids=ROUTERS)
def test_distinct_experts_and_weights_with_gradients(route):
    logits = scores(65, 7).requires_grad_()
    weights, indices = route(logits, 3)
    assert all(len(set(row)) == 3 for row in indices.tolist())
    assert (weights > 0).all()
    (gradient,) = torch.autograd.grad(weights.square().sum(), logits)
    assert (gradient != 0).any(-1).all()


def test_with_switch_s_gate_the_router_learns_and_divided_by_itself_it_would_not():
    logits = scores(9, 4).requires_grad_()
    (gradient,) = torch.autograd.grad(route_softmax_first(logits, 1)[0].sum(), logits)
    assert gradient.abs().max() > 0.01
    (gradient,) = torch.autograd.grad(route_top_k(logits, 1)[0].sum(), logits)
    assert gradient.abs().max() == 0


def test_expert_choice_is_balanced_and_sees_the_future():
    logits = scores(64, 8)
    weights, indices = route_expert_choice(logits, 16)
    assert expert_load(indices, 8).tolist() == [16] * 8
    assert ((weights > 0) == (indices >= 0)).all()
    torch.testing.assert_close(weights[indices >= 0], logits.softmax(-1)[indices >= 0], rtol=0, atol=0)
    # other tokens behind the first 40 change what the first 40 get; top-k does not
    later = torch.cat([logits[:40], 3 * scores(24, 8, seed=1)])
    assert not route_expert_choice(later, 16)[1][:40].equal(indices[:40])
    assert route_top_k(later, 2)[1][:40].equal(route_top_k(logits, 2)[1][:40])


def test_capacity_by_hand():
    # 6 tokens, 3 experts: 2 each; factor 1.25: 2.5, up to 3; two experts a token double it
    assert [expert_capacity(6, 3, factor, k) for factor, k in ((1, 1), (1.25, 1), (1, 2), (0.01, 1))] == [2, 3, 4, 1]
    assert expert_capacity(10, 1, 1.1) == 11


def test_overflow_by_hand():
    # two places. First choices in order: 0, 0, 0 -> the third is dropped; second choices: expert 1 has two places;
    # token 3's second choice, expert 0, is full
    indices = torch.tensor([[0, 1], [0, 1], [0, 1], [2, 0]])
    weights = torch.tensor([[0.6, 0.4]] * 4)
    kept, who = drop_overflow(weights, indices, 3, 2)
    assert who.tolist() == [[0, 1], [0, 1], [-1, -1], [2, -1]]
    torch.testing.assert_close(kept, torch.tensor([[0.6, 0.4], [0.6, 0.4], [0, 0], [0.6, 0]]))
    again = drop_overflow(kept, who, 3, 2)  # what was dropped takes no place
    assert again[1].equal(who)
    assert drop_overflow(weights, indices, 3, 4)[1].equal(indices)


def test_dropping_second_choices_may_depend_on_the_future():
    weights, place = torch.full((2, 2), 0.5), 1
    assert drop_overflow(weights, torch.tensor([[0, 1], [2, 3]]), 4, place)[1][0].tolist() == [0, 1]
    assert drop_overflow(weights, torch.tensor([[0, 1], [1, 3]]), 4, place)[1][0].tolist() == [0, -1]


def test_dropped_tokens_under_random_routing_are_as_many_as_the_binomial_expects():
    # 64 tokens, 8 experts: n ~ Binomial(64, 1/8), 8 places: E[(n - 8)+] * 8 tokens are dropped
    from math import comb

    expected = 8 * sum(comb(64, n) / 8**n * (7 / 8) ** (64 - n) * (n - 8) for n in range(9, 65))
    generator, dropped = torch.Generator().manual_seed(0), []
    for _ in range(300):
        indices = torch.randint(8, (64, 1), generator=generator)
        dropped.append(int((drop_overflow(torch.ones(64, 1), indices, 8, 8)[1] < 0).sum()))
    dropped = torch.tensor(dropped, dtype=torch.float64)
    assert abs(dropped.mean().item() - expected) < 3 * dropped.std().item() / 300**0.5


@pytest.mark.parametrize("route", ROUTERS.values(), ids=ROUTERS)
def test_bad_scores_are_refused(route):
    for k in (0, 5):
        with pytest.raises(ValueError, match=f"expected from 1 to 4 experts a token .*, got {k}"):
            route(scores(3, 4), k)
    for wrong in (float("nan"), float("inf")):
        bad = scores(3, 4)
        bad[1, 2] = wrong
        with pytest.raises(ValueError, match=r"^logits: expected finite numbers, got 1 that are NaN or infinite$"):
            route(bad, 2)
    with pytest.raises(ValueError, match=r"expected floating point \(tokens, experts\), got torch.int64 \(3, 4\)"):
        route(torch.zeros(3, 4, dtype=torch.long), 2)


@pytest.mark.parametrize("route", ROUTERS.values(), ids=ROUTERS)
def test_no_token_and_one_token(route):
    weights, indices = route(scores(0, 4), 2)
    assert weights.shape == indices.shape == (0, 2)
    assert route(scores(1, 4), 4)[1].sort().values.tolist() == [[0, 1, 2, 3]]


def test_other_bad_input_is_refused():
    for capacity in (0, 4):
        with pytest.raises(ValueError, match=f"capacity: expected from 1 to 3 tokens an expert, got {capacity}"):
            route_expert_choice(scores(3, 4), capacity)
    with pytest.raises(ValueError, match="capacity: expected at least 1 token an expert, got 0"):
        drop_overflow(torch.ones(1, 1), torch.zeros(1, 1, dtype=torch.long), 1, 0)
    for arguments in ((0, 4, 1), (4, 0, 1), (4, 4, 0), (4, 4, float("inf")), (4, 4, 1, 0)):
        with pytest.raises(ValueError, match="expected tokens, experts and k >= 1 and a finite factor > 0, got"):
            expert_capacity(*arguments)
    for sizes in ((3, 1), (2, 3), (2, 0)):
        with pytest.raises(ValueError, match="expected groups that divide 4 experts"):
            route_sigmoid(scores(3, 4), 2, groups=sizes[0], kept_groups=sizes[1])
    with pytest.raises(ValueError, match="expected groups that divide .* and k = 3 experts inside these"):
        route_sigmoid(scores(3, 4), 3, groups=2, kept_groups=1)
    for bias in (torch.zeros(3), torch.full((4,), float("nan"))):
        with pytest.raises(ValueError, match="bias: expected 4 finite numbers"):
            route_sigmoid(scores(3, 4), 2, bias)
