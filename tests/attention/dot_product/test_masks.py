import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention.dot_product.masks import additive, key_range, padding_mask, visible


def test_visible_by_hand():
    i = torch.arange(4)
    rows = visible(i, i, is_causal=True, window=2).int().tolist()
    assert rows == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    rows = visible(i, i, window=2).int().tolist()
    assert rows == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]
    assert visible(i, i).all()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    first=st.integers(-5, 12),
    more=st.integers(0, 5),
    length=st.integers(1, 12),
    is_causal=st.booleans(),
    window=st.none() | st.integers(1, 9),
)
def test_key_range_is_where_something_is_visible(first, more, length, is_causal, window):
    start, stop = key_range(first, first + more, length, is_causal, window)
    seen = visible(torch.arange(first, first + more + 1), torch.arange(length), is_causal, window).any(0)
    assert 0 <= start <= stop <= length
    assert seen.nonzero().flatten().tolist() == list(range(start, stop))


def test_padding_mask():
    assert padding_mask(torch.tensor([1, 3]), 3).tolist() == [[[[True, False, False]]], [[[True, True, True]]]]


def test_additive():
    result = additive(torch.tensor([True, False]), torch.float64)
    assert result.tolist() == [0.0, float("-inf")]
    assert result.dtype == torch.float64
    numbers = torch.tensor([1.0, 2.0])
    assert additive(numbers, torch.float64) is numbers
