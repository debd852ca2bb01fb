"""Which keys a query may attend to: the one definition that all rungs share.

Positions count from the first key. With T queries and S keys the last query stands at the last key, so
query i has position i + S - T. This is what a cache needs, and for T = S the usual alignment.
"""

import torch


def visible(queries, keys, is_causal=False, window=None):
    """Visibility by position: may the query at position i attend to the key at position j?

        causal: j <= i        window w: i - j < w        window w, not causal: |i - j| < w

    Args:
        queries: positions of the queries, (T,), integer.
        keys: positions of the keys, (S,), integer.
        is_causal: no query sees a later key.
        window: number of keys in sight, the query's own included, or None for all.

    Returns: bool (T, S), True = may attend.

    Source: Beltagy et al. 2020 (Longformer) section 3.1; Jiang et al. 2023 (Mistral 7B) section 2.
    Taught in: 02-transformer
    """
    distance = queries[:, None] - keys[None, :]  # (T, S)
    seen = distance >= 0 if is_causal else torch.ones_like(distance, dtype=torch.bool)
    if window is not None:
        seen &= distance.abs() < window
    return seen


def key_range(first, last, length, is_causal=False, window=None):
    """The keys that some query at positions first..last sees, as a half-open range (start, stop).

    Args:
        first, last: positions of the first and the last query of a block (inclusive).
        length: number of keys S.
        is_causal, window: as in `visible`.

    Returns: (start, stop) with 0 <= start <= stop <= S; empty where nothing is visible.
    Taught in: 02-transformer
    """
    start = 0 if window is None else first - window + 1
    stop = length
    if is_causal:
        stop = last + 1
    elif window is not None:
        stop = last + window
    stop = min(max(stop, 0), length)
    return min(max(start, 0), stop), stop


def padding_mask(lengths, keys):
    """Mask for rows of unequal length, padded on the right.

    Args:
        lengths: valid keys of each row, (B,), integer.
        keys: padded length S.

    Returns: bool (B, 1, 1, S), True = a real key; an `attn_mask`.
    Taught in: 02-transformer
    """
    return (torch.arange(keys, device=lengths.device) < lengths[:, None])[:, None, None, :]  # (B, 1, 1, S)


def additive(mask, dtype):
    """The mask as a number to add to the scores: 0 where True, minus infinity where False.

    Args:
        mask: bool of any shape; a float mask is returned as it is.
        dtype: dtype of the scores.

    Returns: tensor of `dtype`, same shape.
    Taught in: 02-transformer
    """
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=dtype).masked_fill_(~mask, float("-inf"))
