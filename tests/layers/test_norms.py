from math import sqrt

import pytest
import torch

from coursekit.layers.norms import LayerNorm, RMSNorm
from coursekit.layers.zero_centred_norm import ZeroCentredRMSNorm


def test_rms_norm_by_hand():
    # x = (3, 4): mean square 12.5, so x / sqrt(12.5); weight 2 on the second channel
    norm = RMSNorm(2, eps=0.0).double()
    norm.weight.data[1] = 2.0
    y = norm(torch.tensor([3.0, 4.0], dtype=torch.float64))
    assert y.tolist() == pytest.approx([3 / sqrt(12.5), 8 / sqrt(12.5)], abs=1e-15)


def test_layer_norm_by_hand():
    # x = (1, 5): mean 3, variance 4, so (-1, 1); eps = 12 makes the divisor 4: (-1/2, 1/2)
    x = torch.tensor([1.0, 5.0], dtype=torch.float64)
    assert LayerNorm(2, eps=0.0).double()(x).tolist() == [-1.0, 1.0]
    assert LayerNorm(2, eps=12.0).double()(x).tolist() == [-0.5, 0.5]


@pytest.mark.parametrize(("ours", "theirs"), [(RMSNorm, torch.nn.RMSNorm), (LayerNorm, torch.nn.LayerNorm)])
def test_equal_to_torch_with_gradients(ours, theirs):
    torch.manual_seed(0)
    norm, other = ours(7, 0.1).double(), theirs(7, 0.1).double()
    assert norm.eps == ours(7, 0.1).eps
    for weight in norm.parameters():
        torch.nn.init.normal_(weight)
    other.load_state_dict(norm.state_dict())
    x = torch.randn(2, 5, 7, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(2, 5, 7, dtype=torch.float64)
    results = []
    for module in (norm, other):
        y = module(x)
        results.append([y, *torch.autograd.grad(y, [x, *module.parameters()], upstream)])
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_rms_norm_forgets_the_scale_and_layer_norm_the_shift_too():
    x = torch.randn(3, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rms, layer = RMSNorm(8, 0.0).double(), LayerNorm(8, 0.0).double()
    torch.testing.assert_close(rms(5 * x), rms(x), rtol=0, atol=1e-12)
    torch.testing.assert_close(layer(5 * x + 3), layer(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("norm", [RMSNorm, LayerNorm, ZeroCentredRMSNorm])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("size", [1e-3, 1.0, 3e4])
def test_half_precision_does_not_overflow_in_the_squares(norm, dtype, size):
    # 256 squared is beyond float16, which channels of published models pass; small squares vanish in it
    x = (torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(0)) * size / 4).to(dtype)
    y = norm(7, 1e-12).to(dtype)(x)
    assert y.dtype == dtype
    expected = norm(7, 1e-12).double()(x.double())
    # one rounding of the result
    torch.testing.assert_close(y.double(), expected, rtol=torch.finfo(dtype).eps, atol=1e-6)
