import pytest
import torch

from coursekit.quant import quantize
from coursekit.quant.training import RoundedLinear


def test_by_hand():
    # 2 bits: -1, 0, 1 times the largest weight of the row
    layer = RoundedLinear(3, 1, bits=2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.9, -2.0, 1.2]]))
        layer.bias.fill_(10)
    x = torch.tensor([[1.0, 10.0, 100.0]])
    y = layer(x)
    assert y.item() == 10 - 20 + 200
    y.sum().backward()
    assert layer.weight.grad.equal(x)
    # inputs of 2 bits: -1, 0, 1 times the largest, 100
    with torch.no_grad():
        layer.input_bits = 2
        assert layer(x).item() == 10 + 200


@pytest.mark.parametrize("group_size", [4, "channel", "tensor"])
def test_it_computes_what_the_rounded_layer_computes(group_size):
    torch.manual_seed(0)
    layer, x = RoundedLinear(8, 5, bits=3, group_size=group_size), torch.randn(2, 3, 8)
    expected = x @ quantize(layer.weight, 3, group_size).dequantize().T + layer.bias
    torch.testing.assert_close(layer(x), expected)


def test_what_has_such_weights_is_found_by_training():
    # 3 bits: -3 .. 3 times a step, and each row has a 3
    generator = torch.Generator().manual_seed(0)
    x, codes = torch.randn(512, 12, generator=generator), torch.randint(-3, 4, (4, 12), generator=generator).float()
    codes[:, 5] = 3
    torch.manual_seed(1)
    layer = RoundedLinear(12, 4, bias=False, bits=3)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, 600)
    for _ in range(600):
        optimizer.zero_grad()
        (layer(x) - 0.2 * x @ codes.T).square().mean().backward()
        optimizer.step()
        schedule.step()
    found = quantize(layer.weight, 3)
    assert (found.codes.float() - 4).equal(codes)
    assert ((found.scale - 0.2).abs() < 0.01).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RoundedLinear(4, 4, bits=9), r"bits: expected a whole number from 1 to 8, got 9"),
        (
            lambda: RoundedLinear(4, 4, bits=4, group_size=3)(torch.ones(1, 4)),
            r"group_size: expected a divisor of the 4",
        ),
        (
            lambda: RoundedLinear(2, 2, bits=4, input_bits=4)(torch.full((1, 2), torch.nan)),
            r"x: expected finite numbers",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
