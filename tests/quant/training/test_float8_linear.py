import pytest
import torch

from coursekit.quant.formats import E4M3, E5M2
from coursekit.quant.training import Float8Linear, scaled_round


def test_by_hand():
    # the largest is at home in the format, so the scale is 1: E4M3 near 448 has steps of 32, near 17 of 2
    assert scaled_round(torch.tensor([448.0, 440.0, 17.5]), E4M3).tolist() == [448, 448, 18]
    # near 57344 E5M2 has steps of 8192
    assert scaled_round(torch.tensor([57344.0, -40000.0]), E5M2).tolist() == [57344, -40960]
    # a scale of 2^k changes nothing but the units
    assert scaled_round(torch.tensor([448.0, 440.0, 17.5]) / 1024, E4M3).tolist() == [0.4375, 0.4375, 18 / 1024]
    assert scaled_round(torch.zeros(2), E4M3).tolist() == [0, 0]


def test_all_three_products_are_of_rounded_numbers():
    torch.manual_seed(0)
    layer, x = Float8Linear(6, 4), torch.randn(2, 3, 6, requires_grad=True)
    y, seed = layer(x), torch.randn(2, 3, 4)
    y.backward(seed)
    x8, w8, g8 = scaled_round(x, E4M3), scaled_round(layer.weight, E4M3), scaled_round(seed, E5M2)
    torch.testing.assert_close(y, x8 @ w8.T + layer.bias)
    torch.testing.assert_close(x.grad, g8 @ w8)
    torch.testing.assert_close(layer.weight.grad, torch.einsum("bto,bti->oi", g8, x8))
    torch.testing.assert_close(layer.bias.grad, seed.sum((0, 1)))
    # and they differ from the fine ones, by no more than an eighth: 3 bits of mantissa are 1/16, 2 are 1/8
    fine = x @ layer.weight.T + layer.bias
    assert 0 < (y - fine).abs().max() < 1 / 8 * (x.abs() @ layer.weight.abs().T).max()


def test_it_learns():
    generator = torch.Generator().manual_seed(0)
    x, target = torch.randn(128, 8, generator=generator), torch.randn(3, 8, generator=generator)
    torch.manual_seed(0)
    layer = Float8Linear(8, 3, bias=False)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.02)
    for _ in range(300):
        optimizer.zero_grad()
        (layer(x) - x @ target.T).square().mean().backward()
        optimizer.step()
    # what is left is the rounding: relative error of 1/16 at most in both factors
    assert (layer.weight - target).norm() < target.norm() / 16
    assert layer(torch.zeros(0, 8)).shape == (0, 3)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"x: expected finite numbers, got 1"):
        Float8Linear(2, 2)(torch.tensor([[1.0, torch.inf]]))
