"""Each head off in turn is what switching it off in the whole model gives; several at once are all off."""

import pytest
import torch

from coursekit.attention.heads import each_head_off, without_heads
from coursekit.attention.inspect import ablate
from coursekit.decoder import Decoder, DecoderConfig


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Decoder(DecoderConfig(vocab_size=11, width=24, layers=3, heads=4, kv_heads=2, context=16)).double().eval()


IDS = torch.tensor([[1, 5, 3, 3, 7], [0, 10, 2, 4, 4]])


def _score(logits):
    return logits[:, -1, 3].sum().item()


def test_each_head_off_in_turn_is_the_whole_model_without_it(model):
    whole, table = each_head_off(model, IDS, _score)
    with torch.no_grad():
        assert whole == pytest.approx(_score(model(IDS)), abs=1e-12)
        for layer in range(3):
            for head in range(4):
                with ablate(model, layer, head):
                    expected = _score(model(IDS))
                assert table[layer, head].item() == pytest.approx(expected, abs=1e-12)
                assert abs(expected - whole) > 1e-9
        assert _score(model(IDS)) == pytest.approx(whole, abs=1e-12)  # all are on again


def test_the_layers_may_be_watched(model):
    seen = []
    each_head_off(model, IDS, _score, progress=lambda layers: (seen.append(layer) or layer for layer in layers))
    assert seen == [0, 1, 2]


def test_several_heads_are_off_at_once_and_on_again(model):
    with torch.no_grad():
        whole = model(IDS)
        with ablate(model, 0, 1), ablate(model, 2, 3):
            expected = model(IDS)
        with without_heads(model, [(0, 1), (2, 3)]):
            assert torch.equal(model(IDS), expected)
        assert torch.equal(model(IDS), whole)
        assert not torch.allclose(expected, whole)
        with (
            pytest.raises(ValueError, match="expected a head from 0 to 3, got 4"),
            without_heads(model, [(0, 1), (1, 4)]),
        ):
            pass
        assert torch.equal(model(IDS), whole)
