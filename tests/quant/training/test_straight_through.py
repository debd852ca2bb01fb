import pytest
import torch

from coursekit.quant.training import straight_through


def test_the_rounded_value_forwards_and_the_identity_backwards():
    x = torch.tensor([0.3, 0.6, -1.7], requires_grad=True)
    y = straight_through(x, x.round())
    assert y.tolist() == [0, 1, -2]
    # d/dx of 2 y0 + 3 y1 + 5 y2, as if y were x
    (y * torch.tensor([2.0, 3.0, 5.0])).sum().backward()
    assert x.grad.tolist() == [2, 3, 5]


def test_equal_to_the_last_bit_where_a_sum_would_not_be():
    # 1e8 + (0.1 - 1e8) is 0 in float32
    x, rounded = torch.tensor([1e8]), torch.tensor([0.1])
    assert straight_through(x, rounded).item() == rounded.item()
    assert (x + (rounded - x)).item() == 0


def test_a_small_gradient_moves_the_fine_value_until_the_rounded_one_jumps():
    x = torch.tensor([0.2], requires_grad=True)
    seen = []
    for _ in range(5):
        y = straight_through(x, x.round())
        seen.append(y.item())
        y.sum().backward()
        with torch.no_grad():
            x += 0.125 * x.grad  # 0.2, 0.325, 0.45, 0.575, 0.7
            x.grad = None
    assert seen == [0, 0, 0, 1, 1]


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"rounded: expected the shape of x, \(2,\), got \(3,\)"):
        straight_through(torch.ones(2), torch.ones(3))
