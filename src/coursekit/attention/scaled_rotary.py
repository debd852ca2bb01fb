"""Attention with rotary positions at frequencies of one's choice, for contexts longer than those of training."""

from dataclasses import replace

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.attention.rope import rotate
from coursekit.attention.rope_scaling import scaled_rotary_table


class ScaledRotaryAttention(Attention):
    """`Attention` with other frequencies; weights and cache are the same, so trained ones can be loaded.

        partial(ScaledRotaryAttention, scaling=partial(yarn, factor=4.0, context=128))

    Args:
        config: a `DecoderConfig` with a rope_base.
        linear: class of the projections.
        scaling: `scaling(head_size, rope_base)` -> frequencies (D/2,), factor; from `coursekit.attention.rope_scaling`.
        window, is_causal, bias: as in `Attention`.

    Raises: ValueError when the config has no rotary positions.

    Source: Chen et al. 2023; Peng et al. 2023 (YaRN).
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, *, scaling, window=None, is_causal=True, bias=False):
        if config.rope_base is None:
            raise ValueError("scaled rotary positions: expected a config with a rope_base, got None")
        super().__init__(replace(config, rope_base=None), linear, window, is_causal, bias)
        self.frequencies, self.scale = scaling(config.head_size, config.rope_base)

    def project(self, x, positions):
        """Queries, keys and values of x, rotated to their positions: (B, H, T, D), (B, G, T, D) twice."""
        query, key, value = super().project(x, positions)
        table = scaled_rotary_table(positions, self.frequencies, self.scale, query.dtype)
        return rotate(query, *table), rotate(key, *table), value
