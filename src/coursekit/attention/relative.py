"""Relative positions as in T5: one learned number for each head and each range of distances, added to the scores."""

from math import log

import torch
from torch import nn

from coursekit.attention.dot_product import attention
from coursekit.attention.dot_product.masks import additive
from coursekit.attention.layer import Attention
from coursekit.layers.initialise import initialise
from coursekit.layers.mixer import check_mask


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


class RelativeAttention(nn.Module):
    """`Attention` with a `RelativeBias` in place of rotary positions.

        softmax(scale Q K^T + bias(i - j)) V

        bias = RelativeBias(config);  Decoder(config, mixer=partial(RelativeAttention, bias=bias))

    Leaves out the economy of fused kernels, as `ALiBiAttention` does: the bias is a tensor (H, T, S).

    Args:
        config: a `DecoderConfig` whose rope_base is None.
        linear: class of the projections.
        bias: a `RelativeBias`, which the layers of a model share; if it is not causal, nor is the attention.
        scale: factor of the scores; None = 1 / sqrt(D), T5: 1.

    Raises: ValueError when the config also asks for rotary positions.

    Source: Raffel et al. 2020 (T5), section 2.1.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, *, bias, scale=None):
        if config.rope_base is not None:
            raise ValueError(f"relative bias: expected a config with rope_base=None, got {config.rope_base}")
        super().__init__()
        self.attention = Attention(config, linear, is_causal=bias.is_causal)
        self.bias, self.scale = bias, scale

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C). Distances are counted along the sequence; positions are not read."""
        inner = self.attention
        check_mask(mask)
        query, key, value = inner.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        if cache is not None:
            key, value = cache.append(key, value)  # (B, G, S, D)
        bias = self.bias(query.shape[2], key.shape[2]).to(query.dtype)  # (H, T, S)
        if mask is not None:
            bias = bias + additive(mask, bias.dtype)  # (B, H, T, S)
        y = attention(query, key, value, bias, inner.is_causal, self.scale)  # (B, H, T, D)
        return inner.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens."""
        return self.attention.new_cache(batch)
