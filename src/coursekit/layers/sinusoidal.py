"""Positions as fixed waves, added to the embeddings; no weight is learned for them."""

import torch

from coursekit.layers.embeddings import TokenEmbedding


def sinusoids(positions, width, base=10000.0, dtype=torch.float32):
    """Sine and cosine of every position, at C/2 wavelengths from 2 pi to about 2 pi base.

        PE(p, 2 i) = sin(p base^(-2 i / C)),  PE(p, 2 i + 1) = cos(p base^(-2 i / C)),  i = 0 .. C/2 - 1

    Args:
        positions: (T,) or (B, T), integer.
        width: C, even.
        base: 10000 in the paper.
        dtype: of the result; the angles are computed in at least float32.

    Returns: (T, C) or (B, T, C).
    Raises: ValueError for an odd width.

    Source: Vaswani et al. 2017, section 3.5.
    Taught in: 02-transformer
    """
    if width % 2:
        raise ValueError(f"width: expected an even number for pairs of sine and cosine, got {width}")
    precision = torch.promote_types(dtype, torch.float32)
    steps = torch.arange(0, width, 2, device=positions.device, dtype=precision) / width  # (C/2,)
    angles = positions[..., None].to(precision) * base**-steps  # (T, C/2) or (B, T, C/2)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2).to(dtype)  # (.., C/2, 2) -> (.., C)


class SinusoidalPositions(TokenEmbedding):
    """One learned vector a token, enlarged, plus the waves of its position.

        x_t = sqrt(C) E[token_t] + PE(t)

    Args:
        config: a `DecoderConfig`; its width is even.

    Source: Vaswani et al. 2017, sections 3.4 (the factor) and 3.5.
    Taught in: 02-transformer
    """

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        x = self.tokens(input_ids)  # (B, T, C)
        width = x.shape[-1]
        return width**0.5 * x + sinusoids(positions, width, dtype=x.dtype)
