import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.outliers import absmax, llm_int8, outlier_columns


def test_by_hand():
    # the second column reaches 6; the first is int8: 1 -> 127, and its weight 2 -> 127, exactly
    x, weight = torch.tensor([[1.0, 6.0], [-0.5, 0.0]]), torch.tensor([[2.0, 3.0]])
    assert outlier_columns(x).tolist() == [False, True]
    assert outlier_columns(x, 6.5).tolist() == [False, False]
    torch.testing.assert_close(llm_int8(x, weight), torch.tensor([[20.0], [-1.0]]))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(0, 4), st.integers(0, 10**6))
def test_between_the_two_extremes(columns, rows, seed):
    generator = torch.Generator().manual_seed(seed)
    x, weight = torch.randn(rows, columns, generator=generator), torch.randn(3, columns, generator=generator)
    # a threshold that all reach: nothing is rounded; that none reaches: everything
    if rows:
        torch.testing.assert_close(llm_int8(x, weight, 1e-9), x @ weight.T)
    codes, scale = absmax(x)
    weights, row_scale = absmax(weight)
    torch.testing.assert_close(llm_int8(x, weight, float("inf")), (codes * scale) @ (weights * row_scale).T)


def test_a_few_columns_in_floating_point_mend_the_rest():
    generator = torch.Generator().manual_seed(0)
    x, weight = torch.randn(50, 64, generator=generator), torch.randn(8, 64, generator=generator)
    x[:, 7] *= 40
    error = [(llm_int8(x, weight, t) - x @ weight.T).square().mean().item() for t in (float("inf"), 6.0)]
    assert outlier_columns(x).sum() == 1
    assert error[1] < error[0] / 20


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: llm_int8(torch.ones(2, 3), torch.ones(2, 4)), r"x: expected \(.., C\) for weights \(O, C\), got"),
        (lambda: outlier_columns(torch.tensor([[torch.nan]])), r"x: expected finite numbers, got 1"),
        (lambda: llm_int8(torch.ones(1, 1), torch.tensor([[torch.inf]])), r"weight: expected finite numbers, got 1"),
        (lambda: outlier_columns(torch.ones(1, 1), 0.0), r"threshold: expected a number > 0, got 0.0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
