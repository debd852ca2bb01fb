from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention import Attention
from coursekit.attention.rolling_cache import RollingAttention, RollingCache
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=70)


def build(mixer, config=CONFIG):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=mixer).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def ids(length):
    return torch.randint(13, (2, length), generator=torch.Generator().manual_seed(1))


def tokens(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)[None, None, :, None]  # (1, 1, T, 1)


def test_by_hand():
    cache = RollingCache(1, 1, 3, 1, torch.float32, "cpu")
    cache.append(tokens(0), tokens(100))
    keys, values = cache.append(tokens(1), tokens(101))
    assert (keys.flatten().tolist(), values.flatten().tolist()) == ([0, 1], [100, 101])
    # tokens 2 .. 5 after 0 and 1: of the earlier ones the last W - 1 = 2 are seen, then 3, 4, 5 are kept in 0, 1, 2
    keys, values = cache.append(tokens(2, 3, 4, 5), tokens(102, 103, 104, 105))
    assert keys.flatten().tolist() == [0, 1, 2, 3, 4, 5]
    assert values.flatten().tolist() == [100, 101, 102, 103, 104, 105]
    assert cache.keys.flatten().tolist() == [3, 4, 5]
    # token 6 overwrites token 3 in slot 6 mod 3 = 0
    keys, values = cache.append(tokens(6), tokens(106))
    assert (keys.flatten().tolist(), values.flatten().tolist()) == ([6, 4, 5], [106, 104, 105])
    # two more: 5 and 6 of the earlier ones, in the order of the sequence; then slots 1 and 2 are overwritten
    keys, values = cache.append(tokens(7, 8), tokens(107, 108))
    assert (keys.flatten().tolist(), values.flatten().tolist()) == ([5, 6, 7, 8], [105, 106, 107, 108])
    assert cache.values.flatten().tolist() == [106, 107, 108]
    assert cache.length == 9


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("window", [1, 5, 64, 100])
def test_token_by_token_and_in_chunks_equals_all_at_once(window, length):
    decoder, plain = build(partial(RollingAttention, window=window)), build(partial(Attention, window=window))
    with torch.no_grad():
        expected = plain(ids(length))
        torch.testing.assert_close(decoder(ids(length)), expected, rtol=0, atol=1e-12)
        for size in (1, 3, 40):
            cache = decoder.new_cache(2)
            result = torch.cat([decoder(chunk, cache) for chunk in ids(length).split(size, dim=1)], dim=1)
            # float64; logits of order 10 after some hundred operations: far below 1e-10
            torch.testing.assert_close(result, expected, rtol=0, atol=1e-10)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(window=st.integers(1, 9), chunks=st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_any_window_and_any_chunks(window, chunks):
    decoder = build(partial(RollingAttention, window=window, bias=True))
    cache = decoder.new_cache(2)
    with torch.no_grad():
        result = [decoder(chunk, cache) for chunk in ids(sum(chunks)).split(chunks, dim=1)]
        torch.testing.assert_close(torch.cat(result, dim=1), decoder(ids(sum(chunks))), rtol=0, atol=1e-10)


def test_bytes_are_exact_and_do_not_grow():
    decoder = build(partial(RollingAttention, window=5))
    cache = decoder.new_cache(3)
    for chunk in ids(60).split(20, dim=1):
        decoder(chunk.repeat(2, 1)[:3], cache)
        # 2 (keys and values) * 3 sequences * 2 heads * 5 slots * size 4 * 8 bytes
        assert [layer.keys.nbytes + layer.values.nbytes for layer in cache.layers] == 2 * [2 * 3 * 2 * 5 * 4 * 8]


def test_one_token_copies_nothing():
    cache = RollingCache(1, 1, 3, 1, torch.float32, "cpu")
    for i in range(5):
        keys, values = cache.append(tokens(i), tokens(i))
        assert keys.data_ptr() == cache.keys.data_ptr()
        assert values.data_ptr() == cache.values.data_ptr()


def test_the_sequence_may_be_longer_than_the_context_of_the_config():
    short = DecoderConfig(vocab_size=13, width=16, layers=1, heads=4, context=8)
    mixer = RollingAttention(short, window=5).double()
    x = torch.randn(1, 30, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    cache = mixer.new_cache(1)
    result = torch.cat([mixer(token, cache) for token in x.split(1, dim=1)], dim=1)
    torch.testing.assert_close(result, mixer(x), rtol=0, atol=1e-12)


def test_another_batch_is_refused():
    cache = RollingCache(2, 1, 3, 1, torch.float32, "cpu")
    for new in (tokens(1), tokens(1, 2)):
        with pytest.raises(ValueError, match="cache: expected a batch of 2, got 1"):
            cache.append(new, new)
    assert cache.length == 0


def test_the_window_is_checked():
    with pytest.raises(ValueError, match="window: expected a whole number of tokens >= 1, got 0"):
        RollingAttention(CONFIG, window=0)
