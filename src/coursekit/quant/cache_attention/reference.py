"""Attention over a cache of few bits, as the sums that it is.

Leaves out every economy: keys and values are unpacked to float64.
"""

import torch

from coursekit.quant.activations import quantize_activations
from coursekit.quant.cache_attention.checks import check_inputs


def attend(query, cache, causal=True):
    """Attention of the newest tokens over all that the cache holds.

        p = softmax(t k . key_t / sqrt(C)),    y = sum_t p_t value_t

    Args:
        query: (B, Q, L, C), floating point; rounded to t k, 8 bits, one scale each. Head h reads head h // (Q / H).
        cache: a `PackedCache` which already holds the L tokens' keys and values.
        causal: does each of the L see only what came before it, and itself?

    Returns: (B, Q, L, C) in the query's dtype. A query that is not finite gives NaN.
    Raises: ValueError.
    Taught in: 05-cuantizacion
    """
    check_inputs(query, cache, causal)
    B, Q, L, C = query.shape
    codes, scale = quantize_activations(query.reshape(-1, C).float(), 1)  # (B Q L, 1, C), (B Q L, 1)
    rounded = (codes[:, 0].double() * scale.double()).view(query.shape)
    keys, values = (t.double().repeat_interleave(Q // t.shape[1], 1) for t in cache.unpacked())  # (B, Q, T, C)
    scores = rounded @ keys.mT * C**-0.5  # (B, Q, L, T)
    if causal:
        later = torch.ones(L, cache.length, dtype=torch.bool).triu(cache.length - L + 1)
        scores = scores.masked_fill(later, float("-inf"))
    return (scores.softmax(-1) @ values).to(query.dtype)
