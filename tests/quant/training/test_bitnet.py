"""BitNet's two layers: by hand, and that they learn."""

import pytest
import torch
from torch.nn import functional as F

from coursekit.layers.norms import RMSNorm
from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.training import BinaryLinear, BitLinear, absmean, binarize

LAYERS = pytest.mark.parametrize("layer", [BitLinear, BinaryLinear])


def filled(layer, weight, bias=None):
    built = layer(len(weight[0]), len(weight), bias=bias is not None).double()
    with torch.no_grad():
        built.weight.copy_(torch.tensor(weight, dtype=torch.float64))
        if bias is not None:
            built.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return built


def test_absmean_by_hand():
    # gamma = (0.1 + 0.5 + 1.4 + 0) / 4 = 0.5: the thresholds are at a quarter
    trits, gamma = absmean(torch.tensor([[0.1, -0.5], [1.4, 0.0]]))
    assert trits.tolist() == [[0, -1], [1, 0]]
    assert gamma.item() == pytest.approx(0.5)


def test_binarize_by_hand():
    # alpha = 0.25, beta = 0.75; what is equal to the mean counts as below it
    signs, beta = binarize(torch.tensor([[0.5, 0.25], [-1.0, 1.25]]))
    assert signs.tolist() == [[1, -1], [-1, 1]]
    assert beta.item() == 0.75


def test_a_bit_linear_by_hand():
    # weights 0.5 times (0, -1, 1, 0); x = (1, 2, -2, 4): codes 31.75, 63.5, -63.5, 127 -> 32, 64, -64, 127
    layer = filled(BitLinear, [[0.1, -0.5, 1.4, 0.0]], [10.0])
    y = layer(torch.tensor([[1.0, 2.0, -2.0, 4.0]]).double())
    assert y.item() == pytest.approx(10 + 0.5 * 4 / 127 * (-64 - 64), rel=1e-9)


def test_a_binary_linear_by_hand():
    # alpha = 0.25, beta = 0.5, signs (-1, -1, 1, -1), codes as above
    layer = filled(BinaryLinear, [[0.1, -0.5, 1.4, 0.0]], [10.0])
    y = layer(torch.tensor([[1.0, 2.0, -2.0, 4.0]]).double())
    assert y.item() == pytest.approx(10 + 0.5 * 4 / 127 * (-32 - 64 - 64 - 127), rel=1e-9)


@LAYERS
def test_gradients_are_those_of_the_linear_layer_of_the_rounded_numbers(layer):
    torch.manual_seed(0)
    built = layer(5, 3).double()
    x = torch.randn(2, 4, 5).double().requires_grad_(True)
    y = built(x)
    y.square().sum().backward()
    with torch.no_grad():
        codes, scale = absmax(x)
        values, size = absmean(built.weight) if layer is BitLinear else binarize(built.weight)
    rounded_x, rounded_w = (codes * scale).requires_grad_(True), (values * size).requires_grad_(True)
    other = F.linear(rounded_x, rounded_w, built.bias.detach())
    torch.testing.assert_close(y, other)
    other.square().sum().backward()
    torch.testing.assert_close(x.grad, rounded_x.grad)
    torch.testing.assert_close(built.weight.grad, rounded_w.grad)


def trained(layer, x, target, seed):
    """Regression on a linear function, the learning rate falling to 0."""
    torch.manual_seed(seed)
    built = layer(target.shape[1], target.shape[0], bias=False)
    optimizer = torch.optim.Adam(built.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, 400)
    for _ in range(400):
        optimizer.zero_grad()
        (built(x) - x @ target.T).square().mean().backward()
        optimizer.step()
        schedule.step()
    return built


@LAYERS
def test_what_has_such_weights_is_found_by_training(layer):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(512, 12, generator=generator)
    signs = torch.randint(-1 if layer is BitLinear else 0, 2, (4, 12), generator=generator)
    target = 0.3 * (signs if layer is BitLinear else 2 * signs - 1).float()
    built = trained(layer, x, target, seed=1)
    found = (absmean if layer is BitLinear else binarize)(built.weight)[0]
    assert found.equal((target / 0.3).round())


def test_trained_so_it_does_better_than_rounded_afterwards():
    # correlated inputs, so that the weights can make up for each other; on each of five seeds
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(256, 16, generator=generator) @ torch.randn(16, 16, generator=generator)
        target = torch.randn(4, 16, generator=generator)
        coarse, fine = trained(BitLinear, x, target, seed), trained(torch.nn.Linear, x, target, seed)
        afterwards = BitLinear(16, 4, bias=False)
        afterwards.load_state_dict(fine.state_dict())
        errors = [(model(x) - x @ target.T).square().mean().item() for model in (fine, coarse, afterwards)]
        assert errors[0] < errors[1] < errors[2]


@LAYERS
def test_half_precision_zeros_and_an_empty_batch(layer):
    built = layer(4, 3).half()
    assert built(torch.zeros(2, 4).half()).equal(built.bias.expand(2, 3))
    assert built(torch.full((1, 4), 6e4).half()).isfinite().all()
    assert built(torch.zeros(0, 4).half()).shape == (0, 3)
    with torch.no_grad():
        built.weight.zero_()
    assert built(torch.ones(1, 4).half())[0].equal(built.bias)


@LAYERS
def test_with_a_norm_before_the_rounding(layer):
    torch.manual_seed(0)
    built, plain = layer(6, 2, norm=RMSNorm), layer(6, 2)
    plain.load_state_dict({name: value for name, value in built.state_dict().items() if "norm" not in name})
    x = torch.randn(3, 6)
    assert built(x).equal(plain(RMSNorm(6)(x)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: absmean(torch.tensor([torch.inf, 1.0])), r"weight: expected finite numbers, got 1 that are NaN"),
        (lambda: binarize(torch.tensor([1.0, -torch.inf])), r"weight: expected finite numbers, got 1 that are NaN"),
        (lambda: absmean(torch.ones(2).int()), r"weight: expected floating point, got torch.int32"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
