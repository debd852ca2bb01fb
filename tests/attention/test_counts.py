import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from coursekit.attention import counts
from coursekit.attention.dot_product import reference
from coursekit.attention.dot_product.masks import visible
from coursekit.decoder import Decoder, DecoderConfig


def test_by_hand():
    # T = S = 4: 16 pairs; causal 1 + 2 + 3 + 4 = 10; causal with a window of 2: 1 + 2 + 2 + 2 = 7
    assert counts.visible_pairs(4, 4) == 16
    assert counts.visible_pairs(4, 4, is_causal=True) == 10
    assert counts.visible_pairs(4, 4, is_causal=True, window=2) == 7
    # 4 D H pairs = 4 * 64 * 12 * 16
    assert counts.attention_flops(4, 4, heads=12, head_size=64) == 49152
    # 12 heads at 4096, float32: 12 * 4096^2 * 4 = 768 MiB of scores
    assert counts.score_bytes(1, 12, 4096, 4096, 4) == 768 * 2**20
    # a tile 128 x 256 of one head of 64: 32768 + 2 * 128 * 64 + 3 * 128 = 49536 numbers of 4 bytes
    assert counts.tile_bytes(1, 1, 128, 256, 64, 4) == 198144
    # Mistral 7B, bfloat16: 2 * 32 layers * 8 heads * 128 * 2 bytes = 131072 = 128 KiB a token; 4 GiB at 32768
    assert counts.cache_bytes_per_token(32, 8, 128, 2) == 131072
    assert 32768 * counts.cache_bytes_per_token(32, 8, 128, 2) == 4 * 2**30


@settings(max_examples=50, deadline=None, derandomize=True)
@given(T=st.integers(0, 12), S=st.integers(1, 12), is_causal=st.booleans(), window=st.none() | st.integers(1, 14))
def test_visible_pairs_count_the_mask(T, S, is_causal, window):
    mask = visible(torch.arange(S - T, S), torch.arange(S), is_causal, window)
    assert counts.visible_pairs(T, S, is_causal, window) == mask.sum()


def test_flops_are_those_that_torch_counts():
    query, key = torch.randn(1, 6, 20, 8), torch.randn(1, 2, 30, 8)
    with FlopCounterMode(display=False) as counter:
        reference.attention(query, key, key)
    assert counts.attention_flops(20, 30, heads=6, head_size=8) == counter.get_total_flops()


def test_linear_flops_are_two_for_each_weight_of_a_block():
    config = DecoderConfig(vocab_size=7, width=24, layers=1, heads=4, kv_heads=2)
    block = Decoder(config).blocks[0]
    ffn_weights = 3 * 24 * config.ffn_width
    matrices = sum(weight.numel() for weight in block.parameters() if weight.dim() == 2)
    assert counts.linear_flops(24, 4, 2, 6, ffn_weights) == 2 * matrices


def test_attention_overtakes_the_linear_parts_at_six_widths():
    # per token and layer 24 C^2 against 4 L C: equal at L = 6 C (C = 768: L = 4608)
    linear = counts.linear_flops(768, 12, 12, 64, ffn_weights=8 * 768**2)
    assert linear == 24 * 768**2
    assert counts.attention_flops(1, 6 * 768, heads=12, head_size=64) == linear
    # a kernel that skips what causality hides overtakes only at 12 C, as L grows: 4 C L / 2
    L = 12 * 768
    causal = counts.attention_flops(L, L, 12, 64, is_causal=True)
    assert abs(causal / (L * linear) - 1) < 1 / L + 1e-12


def test_cache_bytes_are_those_of_a_real_cache():
    config = DecoderConfig(vocab_size=7, width=24, layers=3, heads=4, kv_heads=2, context=10)
    cache = Decoder(config).new_cache(batch=5)
    stored = sum(t.nbytes for layer in cache.layers for t in (layer.keys, layer.values))
    assert stored == 5 * 10 * counts.cache_bytes_per_token(3, 2, 6, 4)
