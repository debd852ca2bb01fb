"""A causal decoder with its mask taken off is the same weights under a mask that hides nothing."""

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.diffusion.text.both_ways import both_ways
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
