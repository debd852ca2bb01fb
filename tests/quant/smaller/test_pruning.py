import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.quant.smaller import prune_magnitude, prune_n_of_m

WEIGHT = torch.tensor([[3.0, -1.0, 0.5, -4.0], [2.0, 2.0, -2.0, 1.5]])


def test_by_hand():
    # half of the eight: 0.5, 1, 1.5, and the last of the three twos
    pruned, kept = prune_magnitude(WEIGHT, 0.5)
    assert pruned.tolist() == [[3, 0, 0, -4], [2, 2, 0, 0]]
    assert kept.tolist() == [[True, False, False, True], [True, True, False, False]]
    # two of every four
    assert prune_n_of_m(WEIGHT)[0].tolist() == [[3, 0, 0, -4], [2, 2, 0, 0]]
    assert prune_n_of_m(WEIGHT, 1, 2)[0].tolist() == [[3, 0, 0, -4], [2, 0, -2, 0]]


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 1), st.integers(1, 5), st.integers(0, 10**6))
def test_how_many_and_which(part, fours, seed):
    weight = torch.randn(3, 4 * fours, generator=torch.Generator().manual_seed(seed))
    pruned, kept = prune_magnitude(weight, part)
    assert (~kept).sum() == round(part * weight.numel())
    assert pruned[kept].equal(weight[kept])
    assert not pruned[~kept].any()
    if kept.any() and not kept.all():
        assert weight[kept].abs().min() >= weight[~kept].abs().max()
    pruned, kept = prune_n_of_m(weight)
    assert (kept.unflatten(-1, (-1, 4)).sum(-1) == 2).all()
    # the pattern costs: never less is lost than where any may go
    assert (weight - pruned).square().sum() >= (weight - prune_magnitude(weight, 0.5)[0]).square().sum() - 1e-6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: prune_magnitude(WEIGHT, 1.5), r"part: expected 0 to 1, got 1.5"),
        (lambda: prune_magnitude(WEIGHT * torch.nan, 0.5), r"weight: expected finite numbers, got 8"),
        (lambda: prune_n_of_m(WEIGHT, 2, 3), r"m: expected a divisor of the 4 columns, got 3"),
        (lambda: prune_n_of_m(WEIGHT, 5, 4), r"n: expected 1 to 4, got 5"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
