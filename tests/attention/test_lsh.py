from math import acos, pi

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from coursekit.attention.lsh import lsh_attention, lsh_buckets, lsh_mask


def vectors(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_buckets_by_hand():
    # in one dimension R is one number for each two buckets: both signs of x are told apart, nothing else
    x = torch.tensor([2.0, 0.1, -3.0, -0.2, 5.0])[None, None, :, None]
    signs = lsh_buckets(x, 2).flatten().tolist()
    a, b = signs[0], signs[2]
    assert {a, b} == {0, 1}
    assert signs == [a, a, b, b, a]


def test_mask_by_hand():
    # round 1 joins {0, 2} and {1}, round 2 joins {0} and {1, 2}
    hashes = torch.tensor([[[[4, 1, 4], [0, 3, 3]]]])
    assert lsh_mask(hashes).int().tolist() == [[[[1, 0, 1], [0, 1, 1], [1, 1, 1]]]]


def test_attention_by_hand():
    # one dimension, two buckets: positive and negative. Values 1, 2, 4, 8; zero scale weighs equally.
    # tokens 0, 1, 3 are positive and see the two others: (2 + 8)/2, (1 + 8)/2, (1 + 2)/2; token 2 has only itself
    query = torch.tensor([1.0, 3.0, -1.0, 2.0]).double()[None, None, :, None]
    value = torch.tensor([1.0, 2.0, 4.0, 8.0]).double()[None, None, :, None]
    result = lsh_attention(query, value, 2, scale=0.0)
    assert result.flatten().tolist() == pytest.approx([5, 4.5, 4, 1.5], abs=1e-12)
    # causal: the first has only itself
    result = lsh_attention(query, value, 2, is_causal=True, scale=0.0)
    assert result.flatten().tolist() == pytest.approx([1, 1, 4, 1.5], abs=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    D=st.integers(1, 6),
    half=st.integers(1, 8),
    rounds=st.integers(1, 3),
    factor=st.floats(0.01, 100),
    seed=st.integers(0, 99),
)
def test_one_direction_is_one_bucket_and_the_opposite_another(D, half, rounds, factor, seed):
    x = vectors(2, 3, 5, D, seed=seed)
    hashes = lsh_buckets(x, 2 * half, rounds, seed)
    assert hashes.shape == (2, 3, rounds, 5)
    assert torch.equal(lsh_buckets(x.clone(), 2 * half, rounds, seed), hashes)
    assert torch.equal(lsh_buckets(factor * x, 2 * half, rounds, seed), hashes)
    assert torch.equal(lsh_buckets(-x, 2 * half, rounds, seed), (hashes + half) % (2 * half))


def test_two_vectors_collide_as_often_as_their_angle_says():
    # two buckets: x and y part where the random axis falls between them, with probability angle / pi
    x, y = vectors(2, 1, 1, 1, 5)
    hashes = lsh_buckets(torch.cat((x, y), dim=2), 2, rounds=4000)[0, 0]  # (rounds, 2)
    angle = acos(F.cosine_similarity(x, y, dim=-1).item())
    together = (hashes[:, 0] == hashes[:, 1]).double().mean().item()
    # 4000 draws: standard error at most 0.008; four of them
    assert together == pytest.approx(1 - angle / pi, abs=0.032)


def test_more_rounds_see_more():
    x = vectors(1, 2, 30, 8)
    masks = [lsh_mask(lsh_buckets(x, 8, rounds)) for rounds in (1, 2, 4)]
    for fewer, more in zip(masks, masks[1:]):
        assert (more >= fewer).all()
        assert more.sum() > fewer.sum()


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65])
def test_with_one_bucket_it_equals_full_attention(length, is_causal):
    query, value = vectors(1, 2, length, 8).requires_grad_(), vectors(1, 2, length, 5, seed=1).requires_grad_()
    # in full: unit keys, no token to itself, unless it sees no other
    scores = query @ (query / query.norm(dim=-1, keepdim=True)).transpose(-2, -1) / 8**0.5
    hidden = torch.eye(length, dtype=torch.bool)
    if is_causal:
        hidden |= torch.ones(length, length, dtype=torch.bool).triu()
    hidden[0, 0] = hidden[0, 0] and not (is_causal or length == 1)
    expected = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ value
    result = lsh_attention(query, value, 1, is_causal=is_causal)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    upstream = vectors(1, 2, length, 5, seed=2)
    wanted = torch.autograd.grad(expected, (query, value), upstream)
    for gradient, correct in zip(torch.autograd.grad(result, (query, value), upstream), wanted):
        torch.testing.assert_close(gradient, correct, rtol=0, atol=1e-12)


def test_with_many_buckets_and_rounds_it_is_seeded():
    query, value = vectors(1, 2, 20, 8), vectors(1, 2, 20, 8, seed=1)
    a, b, other = (lsh_attention(query, value, 8, 2, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.allclose(a, other)
    assert not torch.allclose(a, lsh_attention(query, value, 8, 1, seed=1))


def test_later_tokens_change_nothing_when_causal():
    query, value = vectors(1, 2, 20, 8), vectors(1, 2, 20, 8, seed=1)
    before = lsh_attention(query, value, 4, 2, is_causal=True)
    query[:, :, 12:], value[:, :, 12:] = vectors(8, 8, seed=3), 7.0
    after = lsh_attention(query, value, 4, 2, is_causal=True)
    torch.testing.assert_close(before[:, :, :12], after[:, :, :12], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("buckets", "rounds", "message"),
    [
        (3, 1, "buckets: expected 1 or an even number, got 3"),
        (0, 1, "buckets: expected 1 or an even number, got 0"),
        (-2, 1, "buckets: expected 1 or an even number, got -2"),
        (4, 0, "rounds: expected a whole number >= 1, got 0"),
    ],
)
def test_bad_input_is_refused(buckets, rounds, message):
    with pytest.raises(ValueError, match=message):
        lsh_attention(vectors(1, 1, 3, 2), vectors(1, 1, 3, 2), buckets, rounds)
