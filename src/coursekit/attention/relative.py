"""Attention whose positions are learned numbers on the scores, one for each range of distances, as in T5."""

from torch import nn

from coursekit.attention.backend import attention
from coursekit.attention.layer import Attention
from coursekit.attention.masks import additive
from coursekit.attention.padded import Padding


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

    def forward(self, x, cache=None, positions=None):
        """(B, T, C) -> (B, T, C). Distances are counted along the sequence; positions are not read.

        The cache is one of keys and values, or, if the attention is not causal, a `Padding`.
        """
        inner = self.attention
        query, key, value = inner.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        if inner.is_causal and cache is not None:
            key, value = cache.append(key, value)  # (B, G, S, D)
        bias = self.bias(query.shape[2], key.shape[2])  # (H, T, S)
        if not inner.is_causal and cache is not None and cache.mask is not None:
            bias = bias + additive(cache.mask, bias.dtype)  # (B, H, T, S)
        y = attention(query, key, value, bias, inner.is_causal, self.scale)  # (B, H, T, D)
        return inner.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens, or a `Padding` if not causal."""
        return self.attention.new_cache(batch) if self.bias.is_causal else Padding()
