"""Attention in both directions over a batch of unequal lengths.

Adds one idea to `layer.py`: some keys are padding, and no token looks at them. A layer that sees everything at once
has nothing to remember between calls, so what it gets in place of a cache is the mask of the batch.
"""

import torch
from torch import nn

from coursekit.attention.dot_product.backend import attention
from coursekit.attention.layer import Attention


class Padding:
    """Which keys of the batch are real: bool (B, 1, 1, S), True = real; None = all."""

    def __init__(self):
        self.mask = None


class PaddedAttention(Attention):
    """`Attention` in both directions that leaves padding out; weights and results are otherwise the same.

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        window, bias: as in `Attention`.

    Source: Devlin et al. 2018 (BERT), section 3; padding: the released code.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, window=None, bias=False):
        super().__init__(config, linear, window, is_causal=False, bias=bias)

    def forward(self, x, cache=None, positions=None):
        """Mix the tokens of each sequence.

        Args:
            x: (B, T, C).
            cache: a `Padding`, or None.
            positions: (T,) or (B, T), integer; None = 0 .. T - 1.

        Returns: (B, T, C); what stands at padded places means nothing.
        """
        if positions is None:
            positions = torch.arange(x.shape[1], device=x.device)
        query, key, value = self.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        y = attention(query, key, value, cache and cache.mask, window=self.window)  # (B, H, T, D)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def new_cache(self, batch):
        """A `Padding` without a mask; it fits any batch."""
        return Padding()
