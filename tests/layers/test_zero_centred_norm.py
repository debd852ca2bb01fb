from math import sqrt

import pytest
import torch

from coursekit.layers.norms import RMSNorm
from coursekit.layers.zero_centred_norm import ZeroCentredRMSNorm


def test_by_hand():
    # x = (3, 4): mean square 12.5; eps = 12.5 makes the divisor 5; weight 1 on the second channel doubles it
    norm = ZeroCentredRMSNorm(2, eps=12.5).double()
    norm.weight.data[1] = 1.0
    assert norm(torch.tensor([3.0, 4.0], dtype=torch.float64)).tolist() == pytest.approx([0.6, 1.6], abs=1e-15)


def test_is_rms_norm_with_one_added_to_the_weight_with_gradients():
    torch.manual_seed(0)
    norm, plain = ZeroCentredRMSNorm(7, 0.1).double(), RMSNorm(7, 0.1).double()
    torch.nn.init.normal_(norm.weight)
    plain.weight.data = 1 + norm.weight.data
    x, upstream = torch.randn(2, 5, 7, dtype=torch.float64, requires_grad=True), torch.randn(2, 5, 7).double()
    results = [(part(x), *torch.autograd.grad(part(x), [x, part.weight], upstream)) for part in (norm, plain)]
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_starts_as_a_plain_norm_and_keeps_small_weights_in_low_precision():
    x = torch.tensor([3.0, 4.0])
    assert ZeroCentredRMSNorm(2, 0.0)(x).tolist() == pytest.approx([3 / sqrt(12.5), 4 / sqrt(12.5)], abs=1e-6)
    # bfloat16 has 8 bits: 1 + 2^-10 would be stored as 1, 2^-10 is stored as it is
    assert ZeroCentredRMSNorm(2).to(torch.bfloat16).weight.data.add_(2**-10).tolist() == [2**-10] * 2
