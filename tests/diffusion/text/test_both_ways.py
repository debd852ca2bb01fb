"""A causal decoder with its mask taken off is the same weights under a mask that hides nothing."""

import pytest
import torch

from coursekit.adapters.new_tokens import add_tokens
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.diffusion.text.both_ways import both_ways
from coursekit.diffusion.text.generate import generate
from coursekit.diffusion.text.loss import masked_loss
from coursekit.recurrent import RecurrentMixer

IDS = torch.randint(10, (2, 7), generator=torch.Generator().manual_seed(1))


def test_the_last_token_sees_what_it_saw_and_the_first_sees_more(decoder):
    causal, seeing = decoder(is_causal=True, layers=1), both_ways(decoder(is_causal=True, layers=1))
    expected = decoder(is_causal=False, layers=1)
    with torch.no_grad():
        torch.testing.assert_close(seeing(IDS), expected(IDS), rtol=0, atol=1e-12)
        torch.testing.assert_close(seeing(IDS)[:, -1], causal(IDS)[:, -1], rtol=0, atol=1e-12)
        assert (seeing(IDS)[:, 0] - causal(IDS)[:, 0]).abs().max() > 1e-3


def test_a_state_cannot_look_ahead():
    model = Decoder(DecoderConfig(vocab_size=10, width=16, layers=1, heads=2), mixer=RecurrentMixer)
    with pytest.raises(ValueError, match="^decoder: expected mixers that can look ahead, got RecurrentMixer$"):
        both_ways(model)


def test_a_trained_model_is_given_a_mask_and_learns_it(decoder):
    # 10 tokens, and an eleventh: the mask
    model = add_tokens(both_ways(decoder(is_causal=True)), 1).double()
    masked_loss(model, None, IDS, 10, times=lambda shape, device=None: torch.ones(shape)).backward()
    assert model.embedding.tokens.new.grad.any()
    canvas = generate(model, IDS[:, :3], 2, mask_id=10, length=6)
    assert canvas[:, :3].equal(IDS[:, :3])
    assert (canvas < 10).all()
    with pytest.raises(ValueError, match=r"^mask_id: expected the id .* vocabulary \(0 to 10\), got 11$"):
        generate(model, IDS, 2, mask_id=11, length=9)
