"""Losses and statistics of balance: numbers worked by hand, and transformers' loss."""

from math import e, log, sqrt

import pytest
import torch
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from coursekit.moe import load_balancing_loss
from coursekit.moe.balance import (
    coefficient_of_variation,
    expert_load,
    max_violation,
    normalised_entropy,
    sequence_balance_loss,
    update_bias,
    z_loss,
)
from coursekit.moe.routing import route_sigmoid


def scores(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("N", [1, 63, 64, 65])
@pytest.mark.parametrize("top_k", [1, 2, 4])
@pytest.mark.parametrize("layers", [1, 3])
def test_the_loss_is_that_of_transformers_with_its_gradient(N, top_k, layers):
    logits = tuple(scores(N, 6, seed=i).requires_grad_() for i in range(layers))
    mask = torch.ones(1, N, dtype=torch.long)
    mask[0, : N // 3] = 0
    for attention_mask in (None, mask):
        ours = load_balancing_loss(logits, 6, top_k, attention_mask)
        theirs = load_balancing_loss_func(logits, 6, top_k, attention_mask)
        # float32 means of at most 195 numbers below 1
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-6)
        for a, b in zip(torch.autograd.grad(ours, logits), torch.autograd.grad(theirs, logits)):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-7)


def test_even_loads_give_top_k():
    # 4 tokens, each for two experts of its own: scores 1 and 1 and 0 and 0, in turn; f = 1/2 each, P = 1/4 each
    rows = torch.tensor([[1.0, 1, 0, 0], [0, 0, 1, 1]] * 2)
    assert load_balancing_loss(rows, 4, 2).item() == pytest.approx(2, abs=1e-6)
    assert load_balancing_loss(torch.eye(3), 3, 1).item() == pytest.approx(1, abs=1e-6)


def test_the_loss_goes_below_that_of_even_loads():
    # 9 tokens with p = (0.34, 0.33, 0.33) choose expert 0, one with (0, 1, 0) expert 1: f = (0.9, 0.1, 0),
    # P = 0.9 p + (0, 0.1, 0) = (0.306, 0.397, 0.297); 3 (0.9 * 0.306 + 0.1 * 0.397) = 3 * 0.3151 = 0.9453 < 1
    p = torch.tensor([[0.34, 0.33, 0.33]] * 9 + [[0.0, 1.0, 0.0]], dtype=torch.float64)
    loss = load_balancing_loss(p.clamp(min=1e-30).log(), 3, 1)
    assert loss.item() == pytest.approx(0.9453, abs=1e-12)


def test_z_loss_by_hand():
    # log(e + e) = 1 + ln 2; log(1 + 1 (e - 1)) = log(e) = 1
    logits = torch.tensor([[1.0, 1.0], [0.0, log(e - 1)]], dtype=torch.float64)
    assert z_loss(logits).item() == pytest.approx(((1 + log(2)) ** 2 + 1) / 2, abs=1e-12)


def test_sequence_wise_loss_by_hand():
    # one sequence, two tokens, three experts, K = 1: affinities (0.6, 0.2, 0.2) twice: f = (3, 0, 0), P = (0.6, ...)
    row = torch.tensor([[0.6, 0.2, 0.2]], dtype=torch.float64).logit()
    other = torch.tensor([[0.2, 0.6, 0.2]], dtype=torch.float64).logit()
    skewed, even = torch.cat([row, row]), torch.cat([row, other])
    assert sequence_balance_loss(skewed[None], 1).item() == pytest.approx(1.8, abs=1e-12)
    # one token each: f = (1.5, 1.5, 0), P = (0.4, 0.4, 0.2)
    assert sequence_balance_loss(even[None], 1).item() == pytest.approx(1.2, abs=1e-12)
    # K = 2 of four: f = (2, 2, 0, 0), P = (0.4, 0.4, 0.1, 0.1)
    two = torch.tensor([[[0.4, 0.4, 0.1, 0.1]]], dtype=torch.float64).logit()
    assert sequence_balance_loss(two, 2).item() == pytest.approx(1.6, abs=1e-12)
    # the mean over sequences, not over their union: two sequences, each skewed, balance nothing
    both = torch.stack([skewed, torch.cat([other, other])])
    assert sequence_balance_loss(both, 1).item() == pytest.approx(1.8, abs=1e-12)
    assert sequence_balance_loss(both.view(1, 4, 3), 1).item() == pytest.approx(1.2, abs=1e-12)


def test_the_bias_by_hand_and_what_it_does_to_a_skewed_router():
    # loads 5, 3, 1, mean 3: down, stays, up
    bias = torch.zeros(3)
    assert update_bias(bias, torch.tensor([5, 3, 1]), speed=0.25) is bias
    assert bias.tolist() == [-0.25, 0, 0.25]
    logits, bias = scores(512, 8) + torch.linspace(-2, 2, 8), torch.zeros(8)
    before = expert_load(route_sigmoid(logits, 2)[1], 8)
    for _ in range(400):
        load = expert_load(route_sigmoid(logits, 2, bias)[1], 8)
        update_bias(bias, load, speed=0.01)
    assert max_violation(before) > 1
    assert max_violation(load) < 0.1
    # the weights are still the affinities of the chosen, over their sum
    weights, indices = route_sigmoid(logits, 2, bias)
    chosen = logits.sigmoid().gather(1, indices)
    torch.testing.assert_close(weights, chosen / chosen.sum(-1, keepdim=True))


def test_statistics_by_hand():
    assert expert_load(torch.tensor([[0, 2], [2, -1]]), 4).tolist() == [1, 0, 2, 0]
    even, all_to_one = torch.tensor([3, 3, 3, 3]), torch.tensor([0, 12, 0, 0])
    assert [f(even).item() for f in (normalised_entropy, coefficient_of_variation, max_violation)] == [1, 0, 0]
    assert normalised_entropy(all_to_one).item() == 0
    assert coefficient_of_variation(all_to_one).item() == pytest.approx(sqrt(3), abs=1e-12)
    assert max_violation(all_to_one).item() == 3
    # two of four experts share the work: half of ln 4; loads (2, 2, 0, 0) / mean 1: deviation 1
    half = torch.tensor([[6, 6, 0, 0], [3, 3, 3, 3]])
    assert normalised_entropy(half).tolist() == pytest.approx([0.5, 1], abs=1e-12)
    assert coefficient_of_variation(half).tolist() == pytest.approx([1, 0], abs=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"logits: expected 5 experts, got \(3, 4\)"):
        load_balancing_loss(scores(3, 4), 5, 2)
    with pytest.raises(ValueError, match="expected from 1 to 4 experts a token .*, got 5"):
        load_balancing_loss(scores(3, 4), 4, 5)
    with pytest.raises(ValueError, match="expected finite numbers, got 12 that are NaN"):
        load_balancing_loss(scores(3, 4) * float("nan"), 4, 2)
    with pytest.raises(ValueError, match="expected at least one token that is not padding, got none"):
        load_balancing_loss(scores(3, 4), 4, 2, torch.zeros(3))
    with pytest.raises(ValueError, match="attention_mask: expected 3 numbers, got 4"):
        load_balancing_loss(scores(3, 4), 4, 2, torch.ones(4))
    with pytest.raises(ValueError, match=r"expected \(batch, tokens, experts\), got \(3, 4\)"):
        sequence_balance_loss(scores(3, 4), 2)
    with pytest.raises(ValueError, match=r"expected a load for each bias .*, got \(3,\) for \(4,\)"):
        update_bias(torch.zeros(4), torch.zeros(3))
    for load in (torch.zeros(4), torch.ones(1), torch.tensor([2.0, -1.0])):
        with pytest.raises(ValueError, match="load: expected at least 2 experts and some load >= 0"):
            normalised_entropy(load)
    with pytest.raises(ValueError, match=r"indices: expected from -1 to 1, got 0 \.\. 2"):
        expert_load(torch.tensor([0, 2]), 2)
