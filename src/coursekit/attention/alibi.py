"""Attention whose only notion of position is a penalty on distance."""

from torch import nn

from coursekit.attention.backend import attention
from coursekit.attention.layer import Attention
from coursekit.layers.alibi import alibi_bias, alibi_slopes


class ALiBiAttention(nn.Module):
    """`Attention` with ALiBi in place of rotary positions.

        softmax(Q K^T / sqrt(D) - m_h |i - j|) V

    Leaves out the economy of fused kernels, which compute the bias inside: here it is a tensor (H, T, S).

    Args:
        config: a `DecoderConfig` whose rope_base is None.
        linear: class of the projections.
        window, is_causal, bias: as in `Attention`.

    Raises: ValueError when the config also asks for rotary positions.

    Source: Press et al. 2021, section 3.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, window=None, is_causal=True, bias=False):
        if config.rope_base is not None:
            raise ValueError(f"ALiBi: expected a config with rope_base=None, got {config.rope_base}")
        super().__init__()
        self.attention = Attention(config, linear, window, is_causal, bias)
        self.slopes = alibi_slopes(config.heads)  # (H,), a constant: kept in float64 whatever the weights are

    def forward(self, x, cache=None, positions=None):
        """(B, T, C) -> (B, T, C). Distances are counted along the sequence; positions are not read."""
        inner = self.attention
        query, key, value = inner.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        if cache is not None:
            key, value = cache.append(key, value)  # (B, G, S, D)
        bias = alibi_bias(self.slopes.to(x.device), query.shape[2], key.shape[2], x.dtype)  # (H, T, S)
        y = attention(query, key, value, bias, inner.is_causal, window=inner.window)  # (B, H, T, D)
        return inner.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens."""
        return self.attention.new_cache(batch)
