"""ALiBi: attention whose only notion of position is a penalty on distance, in each head at its own rate."""

import torch
from torch import nn

from coursekit.attention.dot_product import attention
from coursekit.attention.dot_product.masks import additive
from coursekit.attention.layer import Attention
from coursekit.layers.mixer import check_mask


def alibi_slopes(heads):
    """How fast the scores of each head fall, from steep to flat.

        m_h = 2^(-8 h / H),  h = 1 .. H,  for H a power of two

    For another H: the slopes of the power of two below, P, and after them the 1st, 3rd, 5th .. slope of 2 P heads.

    Args:
        heads: H >= 1.

    Returns: (H,), float64, in nats a token.
    Raises: ValueError without heads.

    Source: Press et al. 2021, section 3; other numbers of heads: the released code.
    Taught in: 02-transformer
    """
    if heads < 1:
        raise ValueError(f"heads: expected at least 1, got {heads}")
    power = 1 << heads.bit_length() - 1  # the power of two below or at H
    return torch.cat((_geometric(power), _geometric(2 * power)[::2][: heads - power]))  # (H,)


def alibi_bias(slopes, queries, keys, dtype=torch.float32):
    """The distance between each query and each key as a float `attn_mask`.

        bias(h, i, j) = -m_h |i - j|

    Args:
        slopes: (H,), from `alibi_slopes`.
        queries, keys: T and S; the last query stands at the last key.
        dtype: that of the query.

    Returns: (H, T, S), in nats, to be added to the scaled scores.

    Source: Press et al. 2021, section 3 (there j <= i only).
    Taught in: 02-transformer
    """
    i = torch.arange(keys - queries, keys, device=slopes.device)[:, None]  # (T, 1)
    distance = (i - torch.arange(keys, device=slopes.device)).abs()  # (T, S)
    return (-slopes[:, None, None] * distance).to(dtype)  # (H, T, S)


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

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C). Distances are counted along the sequence; positions are not read."""
        inner = self.attention
        check_mask(mask)
        query, key, value = inner.project(x, positions)  # (B, H, T, D), (B, G, T, D) twice
        if cache is not None:
            key, value = cache.append(key, value)  # (B, G, S, D)
        bias = alibi_bias(self.slopes.to(x.device), query.shape[2], key.shape[2], query.dtype)  # (H, T, S)
        if mask is not None:
            bias = bias + additive(mask, bias.dtype)  # (B, H, T, S)
        y = attention(query, key, value, bias, inner.is_causal, window=inner.window)  # (B, H, T, D)
        return inner.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens."""
        return self.attention.new_cache(batch)


def _geometric(heads):
    return 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)  # (H,)
