import pytest
import torch

from coursekit.decoder import DecoderConfig
from coursekit.ssm.dual_view import dual_view
from coursekit.ssm.mamba2 import Mamba2

CONFIG = DecoderConfig(vocab_size=5, width=8, layers=1, heads=1)


@pytest.mark.parametrize("groups", [1, 2])
def test_masked_scores_times_values_are_what_the_layer_does(groups):
    torch.manual_seed(0)
    layer = Mamba2(CONFIG, head_size=4, states=3, groups=groups, dt_limit=(0.01, 0.05)).double()
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    seen = {}
    layer.norm.register_forward_pre_hook(lambda module, inputs: seen.update(y=inputs[0]))
    layer(x)
    mask, scores, values = dual_view(layer, x)
    assert mask.shape == scores.shape == (2, 4, 9, 9)
    assert values.shape == (2, 9, 4, 4)
    assert not any(part.requires_grad for part in (mask, scores, values))
    y = torch.einsum("bhts,bshp->bthp", mask * scores, values)
    direct = seen["y"].unflatten(-1, (4, 4)) - y  # D x is what is left
    ratio = direct / (values / _steps(layer, x)[..., None])
    assert torch.allclose(ratio, layer.D[:, None].expand_as(ratio))
    assert (mask.diagonal(dim1=-2, dim2=-1) == 1).all()
    assert (mask.triu(1) == 0).all()


def _steps(layer, x):
    dt = torch.nn.functional.softplus(layer.in_proj(x)[..., -len(layer.D) :] + layer.dt_bias)
    return dt.clamp(0.01, 0.05)
