"""Scaled dot-product attention as the paper writes it.

Leaves out every economy: all T x S scores exist at once, and keys and values are copied for each query head.
"""

import torch

from coursekit.attention.dot_product.checks import check_inputs
from coursekit.attention.dot_product.masks import additive, visible


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """Each query takes a weighted mean of the values; the weights come from its match with the keys.

        Attention(Q, K, V) = softmax(Q K^T / sqrt(D)) V

    Same call and layout as torch's `scaled_dot_product_attention`, with three differences: `window`;
    `is_causal` aligns the last query with the last key and may be combined with a mask; a row that may
    attend to nothing returns zeros.

    Args:
        query: (B, H, T, D), floating point.
        key: (B, G, S, D), same dtype; H a multiple of G. Query head h reads key head h // (H // G).
        value: (B, G, S, E), same dtype; usually E = D.
        attn_mask: broadcasts to (B, H, T, S). bool: True = may attend. Query's dtype: added to the scores.
        is_causal: a query sees no key after its own position.
        scale: factor of the scores; None = 1 / sqrt(D).
        window: the last `window` keys are in sight; if not causal, those nearer than `window` on both sides.

    Returns: (B, H, T, E), dtype of query. A NaN in a query makes NaN of its row. One in a key or a value may reach
        every query of its head, as in torch, those too that may not see it: a weight of 0 times NaN is NaN.
    Raises: ValueError when ranks, shapes, dtypes or the window do not fit.

    Source: Vaswani et al. 2017, section 3.2.1, equation 1; grouped heads: Ainslie et al. 2023, section 2.2.
    Taught in: 02-transformer
    """
    check_inputs(query, key, value, attn_mask, window)
    weights = attention_weights(query, key, attn_mask, is_causal, scale, window)  # (B, H, T, S)
    # 4. the weighted mean of the values
    return weights @ _for_each_query_head(value, query)  # (B, H, T, E)


def attention_weights(query, key, attn_mask=None, is_causal=False, scale=None, window=None):
    """The attention map: how much each query takes from each key.

        softmax(Q K^T / sqrt(D)), row by row; a row that may attend to nothing is all zeros.

    Args, Raises: as in `attention`.
    Returns: (B, H, T, S); rows sum to 1, or to 0 where nothing is visible.

    Source: Vaswani et al. 2017, section 3.2.1, equation 1.
    Taught in: 02-transformer
    """
    check_inputs(query, key, key, attn_mask, window)
    (T, D), S = query.shape[-2:], key.shape[-2]
    scale = D**-0.5 if scale is None else scale
    # 1. the match of every query with every key
    scores = scale * query @ _for_each_query_head(key, query).transpose(-2, -1)  # (B, H, T, S)
    # 2. what may not be seen gets minus infinity
    queries = torch.arange(S - T, S, device=query.device)
    keys = torch.arange(S, device=query.device)
    scores = scores + additive(visible(queries, keys, is_causal, window), scores.dtype)
    if attn_mask is not None:
        scores = scores + additive(attn_mask, scores.dtype)
    # 3. softmax over the keys; a row without any key has no softmax and gets zeros
    nothing = scores.amax(-1, keepdim=True) == float("-inf")  # (B, H, T, 1)
    return scores.masked_fill(nothing, 0).softmax(-1).masked_fill(nothing, 0)


def _for_each_query_head(x, query):
    return x.repeat_interleave(query.shape[1] // x.shape[1], dim=1)  # (B, G, S, D) -> (B, H, S, D)
