import pytest
import torch
from torch.nn.functional import softplus

from coursekit.decoder import DecoderConfig
from coursekit.ssm import zero_order_hold
from coursekit.ssm.conv.grouped import causal_conv1d
from coursekit.ssm.lti_mamba import LTIMamba

CONFIG = DecoderConfig(vocab_size=5, width=6, layers=2, heads=1)


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return LTIMamba(CONFIG, states=3).double()


def test_it_is_mamba_with_steps_b_and_c_that_no_token_changes(layer):
    x = torch.randn(2, 9, 6, dtype=torch.float64)
    u, z = layer.in_proj(x).mT.chunk(2, dim=1)  # (B, D, L) twice
    u = causal_conv1d(u, layer.conv1d.weight[:, 0], layer.conv1d.bias, "silu")
    steps = layer.raw_step[None, :, None].expand_as(u)
    B, C = (m[None, ..., None].expand(2, -1, -1, 9) for m in (layer.B, layer.C))  # (B, D, N, L): a group a channel
    y = zero_order_hold.selective_scan(u, steps, -layer.A_log.exp(), B, C, layer.D, z, delta_softplus=True)
    assert (layer(x) - layer.out_proj(y.mT)).abs().max() < 1e-12


def test_without_a_bias_a_text_that_comes_later_gives_the_same_later(layer):
    torch.nn.init.zeros_(layer.conv1d.bias)  # then nothing in gives nothing out
    x = torch.randn(1, 20, 6, dtype=torch.float64)
    late = torch.cat([torch.zeros(1, 7, 6, dtype=torch.float64), x], dim=1)
    assert (layer(late)[:, 7:] - layer(x)).abs().max() < 1e-12


@pytest.mark.parametrize("pieces", [[1] * 9, [4, 5], [1, 8]])
def test_with_a_cache_it_reads_the_same_in_pieces(layer, pieces):
    x = torch.randn(2, 9, 6, dtype=torch.float64)
    cache = layer.new_cache(2)
    with torch.no_grad():
        read = torch.cat([layer(piece, cache) for piece in x.split(pieces, dim=1)], dim=1)
    assert (read - layer(x)).abs().max() < 1e-12
    assert not cache.is_empty


def test_all_its_weights_learn_and_start_where_mambas_do(layer):
    layer(torch.randn(1, 9, 6, dtype=torch.float64)).square().sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in layer.parameters())
    steps = softplus(layer.raw_step)
    assert (steps > 0.9e-3).all()
    assert (steps < 0.11).all()
    assert set(dict(layer.named_parameters())) == {
        *("A_log", "D", "raw_step", "B", "C", "in_proj.weight", "conv1d.weight", "conv1d.bias", "out_proj.weight"),
    }
