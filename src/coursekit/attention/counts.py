"""Exact counts of attention's operations and bytes, from sizes alone. A multiply-add is 2 FLOPs."""

from coursekit.attention.dot_product.masks import key_range


def visible_pairs(queries, keys, is_causal=False, window=None):
    """Pairs (query, key) that a mask leaves: T S without one, T (T + 1) / 2 for causal T = S.

    Args: T and S; `is_causal` and `window` as in `coursekit.attention.attention`.
    Returns: a whole number.
    Taught in: 02-transformer
    """
    ranges = (key_range(i, i, keys, is_causal, window) for i in range(keys - queries, keys))
    return sum(stop - start for start, stop in ranges)


def attention_flops(queries, keys, heads, head_size, is_causal=False, window=None):
    """FLOPs of the two products of attention, the softmax left out.

        Q K^T and P V: 2 D each for each visible pair and head, so 4 D H pairs

    Args: T, S, H, D; `is_causal` and `window` as in `coursekit.attention.attention`.
    Returns: FLOPs of one sequence, a whole number.

    Source: Dao 2023, section 4.1.
    Taught in: 02-transformer
    """
    return 4 * head_size * heads * visible_pairs(queries, keys, is_causal, window)


def linear_flops(width, heads, kv_heads, head_size, ffn_weights):
    """FLOPs a token of a layer's linear parts: two for each weight. With F = 4 C and H = G it is 24 C^2.

        2 (C H D + 2 C G D + H D C + weights of the feed-forward)

    Args: C, H, G, D, and the number of weights in the feed-forward's matrices.
    Returns: FLOPs, a whole number.

    Source: Kaplan et al. 2020, table 1.
    Taught in: 02-transformer
    """
    return 2 * (2 * width * heads * head_size + 2 * width * kv_heads * head_size + ffn_weights)


def score_bytes(batch, heads, queries, keys, itemsize):
    """Bytes of all scores at once, as the reference holds them: B H T S times the bytes of a number.

    Returns: bytes, a whole number.
    Taught in: 02-transformer
    """
    return batch * heads * queries * keys * itemsize


def tile_bytes(batch, heads, query_block, key_block, head_size, itemsize):
    """Bytes that the tiled schedule works on at a time, whatever the length.

        B H (R K + 2 R D + 3 R) numbers: the tile, the block of queries, its output, its m, m' and l

    Args: B, H, block of queries R, block of keys K, D, bytes of a number.
    Returns: bytes, a whole number.

    Source: Dao et al. 2022, section 3.1 (tiling).
    Taught in: 02-transformer
    """
    tile = query_block * key_block + 2 * query_block * head_size + 3 * query_block
    return batch * heads * tile * itemsize


def cache_bytes_per_token(layers, kv_heads, head_size, itemsize):
    """Bytes that each token leaves in the cache of keys and values.

        2 * layers * G * D * bytes of a number

    Returns: bytes, a whole number.

    Source: Shazeer 2019, section 2.4; Ainslie et al. 2023, section 2.2.
    Taught in: 02-transformer
    """
    return 2 * layers * kv_heads * head_size * itemsize
