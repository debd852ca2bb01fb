"""What a cache of few bits keeps, what it returns, what it weighs; and a decoder with it."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.quant import quantize
from coursekit.quant.cache import (
    CacheBits,
    FewBitsCache,
    WithFewBitsCache,
    few_bits_cache,
    few_bits_per_number,
    use_few_bits_cache,
)
from coursekit.serving import generate

CONFIG = DecoderConfig(vocab_size=13, width=32, layers=2, heads=2, kv_heads=1, context=64)


def cache_of(options, context=40, batch=2, heads=3, size=16):
    return FewBitsCache(batch, heads, context, size, torch.float32, "cpu", options)


def drawn(tokens, seed=0):
    return torch.randn(2, 2, 3, tokens, 16, generator=torch.Generator().manual_seed(seed))


def test_by_hand():
    # one head of 8 channels, 2 bits, groups of 8: 0 .. 3 by channel are exact; by token 0, 1, 2 steps of 3 / 3
    options = CacheBits(bits=2, group=8, window=0, keys="channel", values="token")
    cache = cache_of(options, 16, 1, 1, 8)
    key = torch.arange(8.0).expand(8, 8) * torch.tensor([0, 3, 1, 2, 0, 0, 3, 3.0])[:, None]  # channel c: c * these
    value = torch.tensor([0, 1, 2, 3, 0.4, 0.6, 2.5, 3]).expand(8, 8) * torch.arange(8.0)[:, None]  # token t: t * these
    keys, values = cache.append(key[None, None], value[None, None])
    assert keys[0, 0].equal(key)  # they are still what they were
    assert values[0, 0].equal(value)
    keys, values = cache.append(torch.zeros(1, 1, 1, 8), torch.zeros(1, 1, 1, 8))
    torch.testing.assert_close(keys[0, 0, :8], key, rtol=1e-3, atol=0)  # the scale is half precision
    expected = torch.tensor([0, 1, 2, 3, 0, 1, 2, 3.0]).expand(8, 8) * torch.arange(8.0)[:, None]
    torch.testing.assert_close(values[0, 0, :8], expected, rtol=1e-3, atol=0)
    assert cache.recent == 1


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from([1, 2, 3, 4, 8]),
    st.sampled_from([8, 16]),
    st.integers(0, 20),
    st.sampled_from(["channel", "token"]),
    st.sampled_from(["channel", "token"]),
    st.lists(st.integers(1, 17), min_size=1, max_size=4),
)
def test_the_newest_are_exact_and_the_others_rounded_once(bits, group, window, keys, values, pieces):
    options = CacheBits(bits, group, window, keys, values)
    cache, drawn_ = cache_of(options, context=sum(pieces)), drawn(sum(pieces))
    start = 0
    for tokens in pieces:
        whole = drawn_[..., : start + tokens, :]
        old = cache.old[0].used * group
        seen = cache.append(whole[0][:, :, start:], whole[1][:, :, start:])
        start += tokens
        for axis, x, found in zip((keys, values), whole, seen):
            assert found.shape == x.shape
            assert found[:, :, old:].equal(x[:, :, old:])
            # what the format makes of each chunk, but for its scale in half precision
            for first in range(0, old, group):
                chunk = x[:, :, first : first + group]
                turned = chunk.transpose(-1, -2) if axis == "channel" else chunk
                step = quantize(turned, bits, group, symmetric=False).scale
                error = (found[:, :, first : first + group] - chunk).abs()
                error = error.transpose(-1, -2) if axis == "channel" else error
                levels = 2**bits
                limit = step.repeat_interleave(group, -1) * (0.5 + levels / 1000)
                assert (error <= limit + 1e-6).all()
        assert cache.recent == start - cache.old[0].used * group
        assert min(start, window) <= cache.recent < window + group or start < window


def test_bytes_by_hand():
    # 2 sequences, 3 heads, 40 tokens of 16 channels, 3 bits, groups of 8: 5 chunks of 2 * 3 * 8 * 16 * 3 / 8 bytes
    cache = cache_of(CacheBits(bits=3, group=8, window=4))
    chunks = 5 * (2 * 3 * 8 * 16 * 3 // 8)
    scales = 5 * 2 * 3 * 16 * 3  # one for 8 numbers: half precision and a byte
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 2 * (chunks + scales + 2 * 3 * 11 * 16 * 4)
    assert few_bits_per_number(cache.options) == 3 + 3
    assert few_bits_per_number(CacheBits(bits=2)) == 2.75
    before = [tensor.data_ptr() for tensor in cache.tensors()]
    cache.append(*drawn(40))
    assert [tensor.data_ptr() for tensor in cache.tensors()] == before


def test_a_channel_that_sticks_out_spoils_keys_by_token_not_by_channel():
    keys = drawn(32)[0]
    keys[..., 5] *= 30
    errors = {}
    for axis in ("channel", "token"):
        cache = cache_of(CacheBits(bits=3, group=16, window=0, keys=axis))
        cache.append(keys, keys)
        error = cache.append(keys[:, :, :1], keys[:, :, :1])[0][:, :, :32] - keys
        errors[axis] = error[..., [c for c in range(16) if c != 5]].square().mean().item()
    assert errors["channel"] < errors["token"] / 20


def build(mixer):
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, mixer=mixer)
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    return decoder


def in_pieces(decoder, tokens, pieces):
    with torch.no_grad():
        cache = decoder.new_cache(len(tokens))
        return torch.cat([decoder(piece, cache) for piece in tokens.split(pieces, dim=1)], dim=1)


IDS = torch.randint(13, (3, 50), generator=torch.Generator().manual_seed(1))
SMALL = CacheBits(bits=8, group=8, window=8)


def test_a_decoder_says_the_same_where_nothing_leaves_the_window_and_almost_the_same_at_8_bits():
    plain = in_pieces(build(Attention), IDS, [9, 1, 1, 20, 19])
    options = replace(SMALL, window=64)
    same = in_pieces(build(partial(few_bits_cache, mixer=Attention, options=options)), IDS, [9, 1, 1, 20, 19])
    torch.testing.assert_close(same, plain)
    errors = []
    for bits in (8, 4, 3, 2):
        mixer = partial(few_bits_cache, mixer=Attention, options=replace(SMALL, bits=bits, window=0))
        logits = in_pieces(build(mixer), IDS, [9, 1, 1, 20, 19])
        assert logits[:, :9].equal(plain[:, :9])  # the first piece sees nothing that is rounded
        errors.append((logits - plain)[:, 9:].norm().item() / plain.norm().item())
    assert 0 < errors[0] < 0.02
    assert errors == sorted(errors)
    assert errors[3] > 5 * errors[0]


def test_a_trained_decoder_is_given_one_and_generates_with_it():
    decoder = build(Attention)
    expected = generate(decoder, IDS[:, :30], 20, temperature=0)
    use_few_bits_cache(decoder, SMALL)
    assert all(isinstance(block.mixer, WithFewBitsCache) for block in decoder.blocks)
    found = generate(decoder, IDS[:, :30], 20, temperature=0)
    assert (found == expected).float().mean() > 0.9
    real = torch.arange(30) >= torch.tensor([[0], [7], [29]])
    generate(decoder, IDS[:, :30], 20, temperature=0, attention_mask=real)  # padding on the left
    use_few_bits_cache(decoder, replace(SMALL, bits=2))
    assert decoder.blocks[0].mixer.options.bits == 2
    use_few_bits_cache(decoder, None)
    assert type(decoder.blocks[0].mixer) is Attention
    assert generate(decoder, IDS[:, :30], 20, temperature=0).equal(expected)


def test_half_precision():
    decoder = build(partial(few_bits_cache, mixer=Attention, options=SMALL)).bfloat16()
    logits = in_pieces(decoder, IDS, [9, 41])
    assert logits.dtype == torch.bfloat16
    assert logits.isfinite().all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CacheBits(bits=9), r"bits: expected a whole number from 1 to 8, got 9"),
        (lambda: CacheBits(group=12), r"group: expected a multiple of 8, got 12"),
        (lambda: CacheBits(window=-1), r"window: expected a whole number >= 0, got -1"),
        (lambda: CacheBits(keys="row"), r"keys, values: expected one of .*, got 'row' and 'token'"),
        (lambda: cache_of(CacheBits(), size=48), r"group: expected a divisor of the 48 channels of a token, got 32"),
        (lambda: cache_of(SMALL).append(*drawn(41)), r"cache: expected at most 40 tokens, got 41"),
        (lambda: cache_of(SMALL, batch=3).append(*drawn(1)), r"cache: expected a batch of 3, got 2"),
        (lambda: cache_of(SMALL).append(*(drawn(20) * torch.nan)), r"chunk: expected finite numbers, got 768"),
        (lambda: cache_of(SMALL).append(*(drawn(20) * 1e9)), r"chunk: expected numbers whose step is at most 65504"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
