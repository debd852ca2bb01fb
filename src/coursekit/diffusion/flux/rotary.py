"""Rotary positions along several axes: each has some channels of its own. Channels 2i and 2i + 1 are paired."""

import torch


def axes_table(coordinates, axes, base=10000.0):
    """Cosine and sine of every token's angles.

        angle(p, a, i) = p_a base^(-2 i / D_a),   i = 0 .. D_a / 2 - 1, axis after axis

    Args:
        coordinates: (N, axes), numbers.
        axes: channels of each axis, even; their sum is D.
        base: the longest wavelength is about 2 pi base.

    Returns: cos, sin: (N, D / 2), float64.
    Raises: ValueError when coordinates and axes differ in number.

    Source: FLUX.1's code, `EmbedND` and `rope`; Su et al. 2021 (RoFormer), equation 15.
    Taught in: 06-difusion
    """
    if coordinates.dim() != 2 or coordinates.shape[1] != len(axes):
        raise ValueError(f"coordinates: expected shape (N, {len(axes)}), got {tuple(coordinates.shape)}")
    angles = []
    for along, size in zip(coordinates.double().T, axes):
        steps = torch.arange(0, size, 2, dtype=torch.float64, device=along.device) / size  # (D_a / 2,)
        angles.append(along[:, None] * base**-steps)  # (N, D_a / 2)
    angles = torch.cat(angles, 1)  # (N, D / 2)
    return angles.cos(), angles.sin()


def rotate_pairs(x, cos, sin):
    """Turn each pair of neighbouring channels by its angle.

        (a, b) -> (a cos - b sin, a sin + b cos)

    Args:
        x: (B, H, N, D). cos, sin: (N, D / 2).

    Returns: (B, H, N, D), in the dtype of x; computed in at least float32.

    Source: Su et al. 2021 (RoFormer), equation 34.
    Taught in: 06-difusion
    """
    wide = torch.promote_types(x.dtype, torch.float32)
    a, b = x.to(wide).unflatten(-1, (-1, 2)).unbind(-1)  # (B, H, N, D / 2) twice
    cos, sin = cos.to(wide), sin.to(wide)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
