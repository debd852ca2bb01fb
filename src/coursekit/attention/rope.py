"""Rotary position embedding, with the halves paired as in Llama: channel i with channel i + D/2."""

from functools import lru_cache

import torch


def rotary_table(positions, size, base=10000.0, dtype=torch.float32):
    """Cosine and sine of every position's angles.

        angle(p, i) = p * base^(-2 i / D),  i = 0 .. D/2 - 1

    Args:
        positions: (T,) or (B, T), integer.
        size: head size D, even.
        base: the longest wavelength is about 2 pi base.
        dtype: of the table; the angles are computed in at least float32.

    Returns: cos, sin: (1, T, D/2) or (B, 1, T, D/2), ready to be multiplied with (B, H, T, D/2).

    Source: Su et al. 2021 (RoFormer), section 3.2.2, equation 15.
    Taught in: 02-transformer
    """
    frequencies = _frequencies(size, base, torch.promote_types(dtype, torch.float32), positions.device)  # (D/2,)
    angles = positions[..., None, :, None] * frequencies  # (1, T, D/2) or (B, 1, T, D/2)
    return angles.cos().to(dtype), angles.sin().to(dtype)


@lru_cache(maxsize=32)  # every layer asks for them at every step
def _frequencies(size, base, dtype, device):
    steps = torch.arange(0, size, 2, device=device, dtype=dtype) / size  # (D/2,)
    return base**-steps


def rotate(x, cos, sin):
    """Turn each pair of channels by its angle; the match of two vectors then depends on their distance only.

        (a, b) -> (a cos - b sin, b cos + a sin)

    Args:
        x: queries or keys, (B, H, T, D).
        cos, sin: from `rotary_table`.

    Returns: (B, H, T, D).

    Source: Su et al. 2021 (RoFormer), section 3.4.2, equation 34 (there channels 2i and 2i + 1 are paired).
    Taught in: 02-transformer
    """
    a, b = x.chunk(2, dim=-1)  # (B, H, T, D/2) twice
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)
