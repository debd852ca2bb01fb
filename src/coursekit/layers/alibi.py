"""ALiBi: no position in the embeddings; the scores fall with the distance, in each head at its own rate."""

import torch


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


def _geometric(heads):
    return 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)  # (H,)
