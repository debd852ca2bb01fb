"""Attention as a mixer: projections, rotary positions, cache."""

import torch
from torch import nn

from coursekit.attention.cache import KeyValueCache
from coursekit.attention.dot_product.backend import attention
from coursekit.attention.rope import rotary_table, rotate
from coursekit.layers.initialise import initialise
from coursekit.layers.mixer import check_mask


class Attention(nn.Module):
    """Multi-head attention with grouped keys and values; the decoder's default mixer.

        y = Concat(head_1, ..., head_H) W_O
        head_h = attention(x W_Q^h, x W_K^g, x W_V^g),  g = h // (H // G)

    Args:
        config: a `DecoderConfig`; its rope_base None means no rotary positions.
        linear: class of the projections, called like `nn.Linear(inputs, outputs, bias=...)`.
        window: sliding window in tokens, or None.
        is_causal: False lets every token see every other.
        bias: projections with a bias.

    Variations are made with functools.partial: `partial(Attention, window=512)`.

    Source: Vaswani et al. 2017, section 3.2.2; grouped heads: Ainslie et al. 2023, section 2.2.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, window=None, is_causal=True, bias=False):
        super().__init__()
        self.config, self.window, self.is_causal = config, window, is_causal
        inner, shared = config.heads * config.head_size, config.kv_heads * config.head_size
        self.query = initialise(linear(config.width, inner, bias=bias), config)
        self.key = initialise(linear(config.width, shared, bias=bias), config)
        self.value = initialise(linear(config.width, shared, bias=bias), config)
        self.output = initialise(linear(inner, config.width, bias=bias), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Mix the tokens of each sequence.

        Args:
            x: (B, T, C).
            cache: from `new_cache`, extended in place by these T tokens; or None.
            positions: (T,) or (B, T), integer; None = counted on from the cache.
            mask: bool, broadcasts to (B, H, T, S), True = may be seen, as far as causality and window let it be; with S
                the tokens of the cache and these. None = all may.

        Returns: (B, T, C); zeros in place of heads that see nothing.
        Raises: ValueError when the cache is full, or a mask does not fit.
        """
        check_mask(mask)
        if positions is None:
            start = 0 if cache is None else cache.length
            positions = torch.arange(start, start + x.shape[1], device=x.device)
        query, key, value = self.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        if cache is not None:
            key, value = cache.append(key, value)  # (B, G, S, D)
        y = attention(query, key, value, mask, self.is_causal, window=self.window)  # (B, H, T, D)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def project(self, x, positions):
        """Queries, keys and values of x, rotated to their positions: (B, H, T, D), (B, G, T, D) twice."""
        query, key, value = (
            projection(x).unflatten(-1, (-1, self.config.head_size)).transpose(1, 2)  # (B, H or G, T, D)
            for projection in (self.query, self.key, self.value)
        )
        if self.config.rope_base is not None:
            table = rotary_table(positions, self.config.head_size, self.config.rope_base, query.dtype)
            query, key = rotate(query, *table), rotate(key, *table)
        return query, key, value

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens."""
        config, weight = self.config, self.value.weight
        return KeyValueCache(batch, config.kv_heads, config.context, config.head_size, weight.dtype, weight.device)
