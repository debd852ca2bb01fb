from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention.alibi import alibi_bias, alibi_slopes


def test_slopes_by_hand():
    # 8 heads: 2^-1 .. 2^-8 (the paper's example); 1 head: 2^-8; 2 heads: 2^-4, 2^-8
    assert alibi_slopes(8).tolist() == [2**-n for n in range(1, 9)]
    assert alibi_slopes(1).tolist() == [2**-8]
    assert alibi_slopes(2).tolist() == [2**-4, 2**-8]
    # 3 heads: those of 2, then the first of 4 heads (2^-2, 2^-4, 2^-6, 2^-8)
    assert alibi_slopes(3).tolist() == [2**-4, 2**-8, 2**-2]
    # 6 heads: those of 4, then the first and the third of 8 heads
    assert alibi_slopes(6).tolist() == [2**-2, 2**-4, 2**-6, 2**-8, 2**-1, 2**-3]
    # 12 heads: those of 8, then four of 16 heads, 2^(-h/2) for h = 1, 3, 5, 7
    assert alibi_slopes(12)[8:].tolist() == pytest.approx([2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5], rel=1e-15)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(heads=st.integers(1, 100))
def test_one_slope_for_each_head_all_different(heads):
    slopes = alibi_slopes(heads)
    assert slopes.shape == (heads,)
    assert len(set(slopes.tolist())) == heads
    assert ((slopes > 0) & (slopes < 1)).all()


@pytest.mark.parametrize("heads", [1, 3, 8, 12, 20])
def test_slopes_equal_those_of_transformers(heads):
    bloom = import_module("transformers.models.bloom.modeling_bloom")
    # one token after 1: its ALiBi number there is slope * (position 1)
    theirs = bloom.build_alibi_tensor(torch.ones(1, 2), heads, torch.float32)[:, 0, 1]
    torch.testing.assert_close(alibi_slopes(heads).float(), theirs, rtol=1e-6, atol=0)


def test_bias_by_hand():
    # two queries stand at the last two of three keys, that is at 1 and 2
    bias = alibi_bias(torch.tensor([0.5, 2.0]), 2, 3, torch.float64)
    assert bias.dtype == torch.float64
    assert bias.tolist() == [[[-0.5, 0, -0.5], [-1, -0.5, 0]], [[-2, 0, -2], [-4, -2, 0]]]


def test_no_heads_are_refused():
    with pytest.raises(ValueError, match="heads: expected at least 1, got 0"):
        alibi_slopes(0)
