"""Queries and keys that are normalised, head by head, before they are rotated and matched.

Adds one idea to `layer.py`: the scores cannot grow with the size of the stream, so the softmax does not saturate.
"""

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.layers.norms import RMSNorm


class NormedHeads(nn.Module):
    """A projection to heads whose results are normalised, each head for itself, with one weight for all.

        y_h = factor norm(x W^h)

    Args:
        projection: module (B, T, C) -> (B, T, H * D).
        norm: module over the last dimension, of size D, with a `weight`.
        factor: of the result.

    Source: Dehghani et al. 2023 (ViT-22B), section 2; Qwen Team 2025 (Qwen3), section 2.
    Taught in: 02-transformer
    """

    def __init__(self, projection, norm, factor=1.0):
        super().__init__()
        self.projection, self.norm, self.factor = projection, norm, factor

    def forward(self, x):
        """(B, T, C) -> (B, T, H * D)"""
        heads = self.projection(x).unflatten(-1, (-1, self.norm.weight.shape[0]))  # (B, T, H * D) -> (B, T, H, D)
        return (self.factor * self.norm(heads)).to(heads.dtype).flatten(-2)


def normed_heads(config, linear=nn.Linear, *, mixer=Attention, norm=RMSNorm, scale=None):
    """Build an attention mixer and normalise its queries and keys.

        Decoder(config, mixer=partial(normed_heads, mixer=partial(Attention, window=512)))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixer: `Attention` or one of its kin, whose `query` and `key` are projections.
        norm: class, called as `norm(head_size, norm_eps)`.
        scale: factor of the scores; None = 1 / sqrt(D).

    Returns: the mixer.

    Source: Qwen Team 2025 (Qwen3), section 2; Gemma Team 2025 (Gemma 3), section 2.
    Taught in: 02-transformer
    """
    built, size = mixer(config, linear), config.head_size
    # attention divides by sqrt(D) already
    factor = 1.0 if scale is None else scale * size**0.5
    built.query = NormedHeads(built.query, norm(size, config.norm_eps), factor)
    built.key = NormedHeads(built.key, norm(size, config.norm_eps))
    return built
