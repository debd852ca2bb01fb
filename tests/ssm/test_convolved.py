from functools import partial

import pytest
import torch
from torch.nn.functional import silu

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.ssm.convolved import Convolved
from coursekit.ssm.mamba import Mamba

CONFIG = DecoderConfig(vocab_size=5, width=4, layers=2, heads=2, context=16)


class Itself(torch.nn.Module):
    def __init__(self, config, linear):
        super().__init__()

    def forward(self, x, cache=None, positions=None, mask=None):
        return x


def test_two_tokens_by_hand():
    layer = Convolved(CONFIG, mixer=Itself, conv_width=2)
    layer.conv1d.weight.data.copy_(torch.tensor([10.0, 1.0]).expand(4, 1, 2))  # the token before counts ten times
    torch.nn.init.ones_(layer.conv1d.bias)
    x = torch.tensor([[[1.0, 0, 0, 2], [3, 0, 0, 0]]])
    # x + SiLU(10 before + x + 1): first channel 1 + SiLU(0 + 1 + 1), then 3 + SiLU(10 + 3 + 1)
    near = torch.tensor([[[2.0, 1, 1, 3], [14, 1, 1, 21]]])
    assert torch.allclose(layer(x), x + silu(near))


@pytest.mark.parametrize("mixer", [Attention, Mamba, partial(Attention, window=3)])
@pytest.mark.parametrize("pieces", [[1] * 7, [3, 1, 3]])
def test_with_a_cache_it_reads_the_same_in_pieces(mixer, pieces):
    torch.manual_seed(0)
    model = Decoder(CONFIG, mixer=partial(Convolved, mixer=mixer), ffn=None).double()
    ids = torch.randint(5, (2, 7))
    cache = model.new_cache(2)
    with torch.no_grad():
        read = torch.cat([model(piece, cache) for piece in ids.split(pieces, dim=1)], dim=1)
    assert (read - model(ids)).abs().max() < 1e-12


def test_positions_reach_the_mixer():
    torch.manual_seed(0)
    layer, x = Convolved(CONFIG), torch.randn(1, 3, 4)
    assert not torch.allclose(layer(x, None, torch.tensor([0, 1, 2])), layer(x, None, torch.tensor([0, 5, 9])))
    cache = layer.new_cache(1)
    assert torch.allclose(layer(x, cache, torch.tensor([0, 5, 9])), layer(x, None, torch.tensor([0, 5, 9])), atol=1e-6)


def test_number_of_weights():
    # each of the 4 channels has its own 4 weights and a bias
    assert sum(x.numel() for x in Convolved(CONFIG, mixer=Itself).parameters()) == 4 * 4 + 4
