from functools import partial

import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.cross import CrossAttention, read_source
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.models.encoder_decoder import Encoder, EncoderDecoder, real_tokens

BOTH_WAYS = partial(Attention, is_causal=False)
CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=24)
IDS = torch.randint(13, (2, 9), generator=torch.Generator().manual_seed(1))
MASK = torch.tensor([[1, 1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1, 1, 1, 1]])


def enlarged(module):
    """Large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    for weight in module.double().parameters():
        nn.init.normal_(weight, std=0.3)
    return module


def encoder():
    return enlarged(Encoder(CONFIG, mixer=BOTH_WAYS))


def pair():
    decoder = Decoder(CONFIG, mixer=[Attention, CrossAttention], ffn=[None, FeedForward])
    source = Encoder(CONFIG, mixer=BOTH_WAYS)
    source.head = nn.Identity()
    return enlarged(EncoderDecoder(source, decoder))


def test_without_a_mask_an_encoder_is_a_decoder_with_bidirectional_attention():
    model, plain = encoder(), Decoder(CONFIG, mixer=BOTH_WAYS).double()
    plain.load_state_dict(model.state_dict())
    spread = torch.arange(9) * 2
    torch.testing.assert_close(model(IDS), plain(IDS), rtol=0, atol=1e-12)
    torch.testing.assert_close(model(IDS, positions=spread), plain(IDS, positions=spread), rtol=0, atol=1e-12)
    torch.testing.assert_close(
        model(IDS, torch.ones_like(IDS), spread), plain(IDS, positions=spread), rtol=0, atol=1e-12
    )


def test_a_padded_text_is_the_text_alone():
    model = encoder()
    with torch.no_grad():
        for mask in (MASK, MASK.bool(), MASK.double()):
            logits = model(IDS, mask)
            torch.testing.assert_close(logits[:1, :4], model(IDS[:1, :4]), rtol=0, atol=1e-12)
            alone = model(IDS[1:, 2:], positions=torch.arange(2, 9))
            torch.testing.assert_close(logits[1:, 2:], alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (MASK[:, :8], r"attention_mask: expected a tensor of the shape of input_ids, \(2, 9\), got \(2, 8\)"),
        (MASK[:1], r"attention_mask: expected a tensor of the shape of input_ids, \(2, 9\), got \(1, 9\)"),
        ((1.0 - MASK) * -1e4, "attention_mask: expected 1 for real tokens and 0 for padding, got other values"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(mask, message):
    for model in (encoder(), lambda ids, mask: pair().read_source(ids, mask), real_tokens_swapped):
        with pytest.raises(ValueError, match=message):
            model(IDS, mask)


def real_tokens_swapped(ids, mask):
    return real_tokens(mask, ids)


def test_the_pair_is_encode_read_decode():
    model, target = pair(), IDS.flip(0)[:, :5]
    with torch.no_grad():
        for mask in (None, MASK):
            cache = model.decoder.new_cache(2)
            read_source(model.decoder, cache, model.encoder(IDS, mask), mask=None if mask is None else mask.bool())
            expected = model.decoder(target, cache)
            torch.testing.assert_close(model(IDS, target, mask), expected, rtol=0, atol=1e-12)
        # token by token, the source read once
        cache = model.read_source(IDS, MASK)
        steps = torch.cat([model.decoder(token, cache) for token in target.split(1, dim=1)], dim=1)
        torch.testing.assert_close(steps, expected, rtol=0, atol=1e-12)
        changed = torch.where(MASK == 1, IDS, (IDS + 1) % 13)
        assert torch.equal(model(changed, target, MASK), model(IDS, target, MASK))


def test_gradients_reach_both_sides():
    model = pair()
    model(IDS, IDS, MASK).square().mean().backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().max() > 0, name
