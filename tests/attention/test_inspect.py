from functools import partial

import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.inspect import ablate, ablation_table, attention_maps
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=11, width=16, layers=2, heads=4, kv_heads=2)
IDS = torch.arange(7)[None]


class Nothing(nn.Module):
    """A mixer that is not attention."""

    def __init__(self, config, linear):
        super().__init__()

    def forward(self, x, cache=None, positions=None, mask=None):
        return 0 * x


def decoder(mixer=Attention):
    torch.manual_seed(0)
    return Decoder(CONFIG, mixer=mixer).double()


def test_maps_rebuild_the_output_of_the_layer():
    model = decoder([Attention, partial(Attention, window=3)])
    maps, seen = attention_maps(model, IDS), {}
    for i, block in enumerate(model.blocks):
        block.mixer.register_forward_hook(lambda mixer, x, y, i=i: seen.update({i: (x[0], y)}))
    model(IDS)
    assert list(maps) == [0, 1]
    for i, (x, y) in seen.items():
        mixer = model.blocks[i].mixer
        value = mixer.project(x, torch.arange(7))[2].repeat_interleave(2, dim=1)  # (1, H, 7, D)
        rebuilt = mixer.output((maps[i] @ value).transpose(1, 2).flatten(2))
        torch.testing.assert_close(rebuilt, y, rtol=0, atol=1e-12)


def test_maps_leave_the_model_as_it_was_and_skip_other_mixers():
    model = decoder([Nothing, Attention])
    assert list(attention_maps(model, IDS)) == [1]
    assert not model.blocks[1].mixer._forward_pre_hooks
    with pytest.raises(ValueError, match="at most 128"):
        attention_maps(model, IDS.expand(1, 7).repeat(1, 30))
    assert not model.blocks[1].mixer._forward_pre_hooks


def test_ablation_equals_zero_rows_of_the_output_matrix():
    model, other = decoder(), decoder()
    with torch.no_grad():
        other.blocks[1].mixer.output.weight[:, 8:12] = 0  # head 2 of size 4 feeds columns 8 to 11
    whole = model(IDS)
    with ablate(model, layer=1, head=2):
        ablated = model(IDS)
    torch.testing.assert_close(ablated, other(IDS), rtol=0, atol=1e-12)
    assert not torch.allclose(ablated, whole)
    assert torch.equal(model(IDS), whole)


def test_ablation_ends_with_an_error_inside():
    model = decoder()
    with pytest.raises(KeyError), ablate(model, 0, 0):
        raise KeyError
    assert not model.blocks[0].mixer.output._forward_pre_hooks


@pytest.mark.parametrize(
    ("layer", "head", "message"),
    [
        (2, 0, "among 2 layers, got 2"),
        (-1, 0, "got -1"),
        (0, 0, "got 0"),
        (1, 4, "from 0 to 3, got 4"),
        (1, -1, "got -1"),
    ],
)
def test_there_is_no_such_head(layer, head, message):
    with pytest.raises(ValueError, match=message), ablate(decoder([Nothing, Attention]), layer, head):
        pass


def test_the_table_scores_each_head_off_in_turn():
    model = decoder()

    def score(model):
        return model(IDS).sum().item()

    table = ablation_table(model, score)
    assert table.shape == (2, 4)
    for layer in range(2):
        for head in range(4):
            with ablate(model, layer, head):
                assert table[layer, head] == score(model)
    assert len(set(table.flatten().tolist())) == 8
