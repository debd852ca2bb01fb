"""Relative positions as in T5: one learned number for each head and each range of distances, added to the scores."""

from math import log

import torch
from torch import nn

from coursekit.layers.initialise import initialise


def distance_bucket(distance, buckets=32, furthest=128, is_causal=True):
    """The range that a distance falls into: near distances each have their own, far ones share by their logarithm.

        bucket(d) = d                                                         d < N/2
                    N/2 + floor(N/2 log(d / (N/2)) / log(furthest / (N/2)))   beyond, at most N - 1

    With is_causal N = buckets, and later keys (d < 0) count as d = 0. Without, N = buckets / 2, and later keys have the
    upper half for themselves, by |d|.

    Args:
        distance: position of the query minus that of the key, any shape, integer, in tokens.
        buckets: how many ranges; even, and without is_causal a multiple of 4.
        furthest: from here on all distances share the last range.
        is_causal: no query sees a later key.

    Returns: integers 0 .. buckets - 1, of the same shape. The logarithm is taken in float32, as in the released code.

    Source: Raffel et al. 2020 (T5), section 2.1; the formula: the released code.
    Taught in: 02-transformer
    """
    if is_causal:
        later, distance = 0, distance.clamp(min=0)
    else:
        buckets //= 2
        later, distance = buckets * (distance < 0), distance.abs()
    exact = buckets // 2
    steps = (distance.float() / exact).log() / log(furthest / exact) * (buckets - exact)
    far = (exact + steps.long()).clamp(max=buckets - 1)
    return later + torch.where(distance < exact, distance, far)


class RelativeBias(nn.Module):
    """The numbers themselves; a model has one such table, which all its layers share.

        bias(h, i, j) = table[bucket(i - j), h]

    Args:
        config: a `DecoderConfig`; heads is H.
        buckets, furthest, is_causal: as in `distance_bucket`.

    Raises: ValueError when the buckets cannot be halved as needed, or furthest is not beyond the exact ones.

    Source: Raffel et al. 2020 (T5), section 2.1.
    Taught in: 02-transformer
    """

    def __init__(self, config, buckets=32, furthest=128, is_causal=True):
        parts = 2 if is_causal else 4
        if buckets < parts or buckets % parts:
            raise ValueError(f"buckets: expected a multiple of {parts}, got {buckets}")
        if furthest <= buckets // parts:
            raise ValueError(f"furthest: expected more than the {buckets // parts} exact distances, got {furthest}")
        super().__init__()
        self.furthest, self.is_causal = furthest, is_causal
        self.table = initialise(nn.Embedding(buckets, config.heads), config)

    def forward(self, queries, keys):
        """The bias of T queries and S keys, the last query at the last key -> (H, T, S), in nats."""
        positions = torch.arange(keys, device=self.table.weight.device)
        distance = positions[keys - queries :, None] - positions  # (T, S)
        bucket = distance_bucket(distance, self.table.num_embeddings, self.furthest, self.is_causal)
        return self.table(bucket).permute(2, 0, 1)  # (T, S, H) -> (H, T, S)
