from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention.relative import RelativeBias, distance_bucket
from coursekit.decoder import DecoderConfig

CONFIG = DecoderConfig(vocab_size=5, width=4, layers=2, heads=2)


def test_buckets_by_hand():
    # 8 buckets, causal: 0 to 3 exact; then 4 + floor(4 log(d / 4) / log(64 / 4)), that is from 4, 8, 16 and 32 on
    distance = torch.tensor([-5, 0, 1, 3, 4, 7, 8, 15, 16, 31, 32, 64, 1000])
    assert distance_bucket(distance, 8, 64).tolist() == [0, 0, 1, 3, 4, 4, 5, 5, 6, 6, 7, 7, 7]
    # both ways: 4 buckets a side, 0 and 1 exact, then 2 + floor(2 log(d / 2) / log(18 / 2)), from 2 and 6 on
    distance = torch.tensor([-100, -7, -5, -1, 0, 1, 2, 5, 7, 100])
    assert distance_bucket(distance, 8, 18, is_causal=False).tolist() == [7, 7, 6, 5, 0, 1, 2, 2, 3, 3]


def test_the_logarithm_is_rounded_as_in_the_released_code():
    # 18 exact, d = 24 of 32: log(24 / 18) / log(32 / 18) = 1/2, so 18 + 9; float64 would round that down, float32 not
    assert distance_bucket(torch.tensor([24]), 36, 32).tolist() == [27]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(quarter=st.integers(1, 16), more=st.integers(1, 300), is_causal=st.booleans())
def test_buckets_equal_those_of_transformers(quarter, more, is_causal):
    theirs = import_module("transformers.models.t5.modeling_t5").T5Attention._relative_position_bucket
    buckets, distance = 4 * quarter, torch.arange(-400, 401)
    furthest = buckets // 2 + more
    expected = theirs(-distance, bidirectional=not is_causal, num_buckets=buckets, max_distance=furthest)
    assert torch.equal(distance_bucket(distance, buckets, furthest, is_causal), expected)


def test_defaults_are_those_of_the_paper():
    # section 2.1: 32 ranges, up to 128 tokens, beyond which all share one
    far = distance_bucket(torch.arange(0, 200))
    assert far.max() == 31
    assert (far == 31).nonzero().min() <= 128
    assert (far[128:] == 31).all()
    assert RelativeBias(CONFIG).table.weight.shape == (32, 2)


@pytest.mark.parametrize("is_causal", [True, False])
def test_bias_by_hand(is_causal):
    # each head's number is its own and that of the bucket; two queries at the end of three keys
    bias = RelativeBias(CONFIG, 4, 8, is_causal).double()
    bias.table.weight.data = torch.tensor([[0.0, 50], [1, 51], [2, 52], [3, 53]]).double()
    # distances i - j of queries 1 and 2: (1, 0, -1) and (2, 1, 0)
    # causal, 2 exact: d = 2 is in 2 + floor(2 log(1) / log 4) = 2. Both ways, 1 exact: d = 2 in 1, d = -1 in 2 + 1
    expected = [[1, 0, 0], [2, 1, 0]] if is_causal else [[1, 0, 3], [1, 1, 0]]
    assert bias(2, 3)[0].tolist() == expected
    assert (bias(2, 3)[1] - bias(2, 3)[0] == 50).all()


def test_depends_on_the_distance_only_and_learns():
    torch.manual_seed(0)
    bias = RelativeBias(CONFIG, 8, 12)
    assert bias.table.weight.std() < 0.03  # 0.02 by GPT-2's rule
    whole = bias(20, 20)
    assert torch.equal(whole[:, -7:], bias(7, 20))
    assert torch.equal(whole[:, 1:, 1:], whole[:, :-1, :-1])
    whole.sum().backward()
    # 20 tokens reach the last range, from 12 on: 20 i + .. + 1 pairs in all, also those that a causal mask hides
    assert bias.table.weight.grad.sum(0).tolist() == [400.0, 400.0]
    assert (bias.table.weight.grad > 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"buckets": 5}, "buckets: expected a multiple of 2, got 5"),
        ({"buckets": 0}, "buckets: expected a multiple of 2, got 0"),
        ({"buckets": 6, "is_causal": False}, "buckets: expected a multiple of 4, got 6"),
        ({"buckets": 8, "furthest": 4}, "furthest: expected more than the 4 exact distances, got 4"),
        ({"buckets": 8, "furthest": 2, "is_causal": False}, "more than the 2 exact distances, got 2"),
    ],
)
def test_bad_input_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        RelativeBias(CONFIG, **options)
