import math

import pytest
import torch

from coursekit.attention import Attention
from coursekit.attention.sparse import longformer_mask
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.scoring.text import token_bits


class Always(torch.nn.Module):
    """Gives token 1 half of the probability, tokens 0 and 2 a quarter each."""

    def forward(self, input_ids, positions=None):
        return torch.tensor([0.25, 0.5, 0.25]).log().expand(*input_ids.shape, 3) + 7  # logits have no zero


def decoder(window=None):
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=11, width=16, layers=2, heads=2, context=32)
    return Decoder(config, mixer=lambda c, linear: Attention(c, linear, window=window)).eval()


def test_by_hand():
    # the first token is given; 1 costs one bit, 0 and 2 cost two
    assert torch.allclose(token_bits(Always(), torch.tensor([[2, 1, 0, 2, 1]])), torch.tensor([[1.0, 2.0, 2.0, 1.0]]))


def test_they_are_the_models_cross_entropy_row_by_row():
    model, ids = decoder(), torch.randint(11, (3, 9), generator=torch.Generator().manual_seed(1))
    bits = token_bits(model, ids)
    assert bits.shape == (3, 8)
    nats = torch.nn.functional.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    assert bits.mean().item() == pytest.approx(nats.item() / math.log(2), rel=1e-5)
    assert torch.equal(token_bits(model, ids[1:2]), bits[1:2])
    assert not bits.requires_grad


def test_a_mask_hides_and_leaves_positions():
    """A window as a mask is the window of the mixer; with its first tokens in sight it is another thing."""
    ids = torch.randint(11, (2, 20), generator=torch.Generator().manual_seed(1))
    whole, narrow = token_bits(decoder(), ids), token_bits(decoder(window=5), ids)
    assert torch.allclose(token_bits(decoder(), ids, longformer_mask(20, 5)), narrow, atol=1e-5)
    assert (whole - narrow).abs().max() > 1e-3
    first = token_bits(decoder(), ids, longformer_mask(20, 5, range(2)))
    assert (first - narrow).abs().max() > 1e-3
    assert torch.allclose(first[:, :4], whole[:, :4], atol=1e-5)  # nothing was out of sight yet


@pytest.mark.parametrize("shape", [(3,), (1, 1), (1, 0)])
def test_without_a_token_to_be_foretold_it_says_so(shape):
    with pytest.raises(ValueError, match="expected .B, T. with T >= 2, got"):
        token_bits(Always(), torch.zeros(shape, dtype=torch.long))
