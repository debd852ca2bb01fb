"""`decoding`: what is asked of every decoder in float64, whatever its mixers remember."""

from types import SimpleNamespace

import pytest
import torch


def ids(decoder, length, batch=2):
    return torch.randint(decoder.config.vocab_size, (batch, length), generator=torch.Generator().manual_seed(1))


def assert_pieces_equal_the_whole(decoder, pieces, batch):
    """Reading with a cache, so many tokens at a time, gives the logits of reading all of them at once."""
    tokens = ids(decoder, sum(pieces), batch)
    with torch.no_grad():
        cache = decoder.new_cache(batch)
        parts = torch.cat([decoder(piece, cache) for piece in tokens.split(pieces, dim=1)], dim=1)
        torch.testing.assert_close(parts, decoder(tokens), rtol=0, atol=1e-10)


def assert_no_token_sees_a_later_one(decoder):
    tokens = ids(decoder, 20)
    later = tokens.clone()
    later[:, 11:] = (later[:, 11:] + 1) % decoder.config.vocab_size
    with torch.no_grad():
        a, b = decoder(tokens), decoder(later)
    torch.testing.assert_close(a[:, :11], b[:, :11], rtol=0, atol=1e-12)
    assert (a[:, 11:] - b[:, 11:]).abs().amin() > 1e-6


def assert_every_weight_learns(decoder):
    decoder(ids(decoder, 30)).square().sum().backward()
    for name, weight in decoder.named_parameters():
        assert weight.grad.abs().max() > 0, name


@pytest.fixture(scope="session")
def decoding():
    return SimpleNamespace(
        assert_pieces_equal_the_whole=assert_pieces_equal_the_whole,
        assert_no_token_sees_a_later_one=assert_no_token_sees_a_later_one,
        assert_every_weight_learns=assert_every_weight_learns,
    )
