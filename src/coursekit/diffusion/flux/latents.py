"""Latents as tokens: four neighbours, 2 x 2, are one token."""

import torch


def pack(latents):
    """Four neighbouring latents side by side, row after row.

    Args:
        latents: (B, c, h, w), h and w even.

    Returns: (B, h w / 4, 4 c).
    Raises: ValueError when height or width is odd.

    Source: FLUX.1's code, `prepare`.
    Taught in: 06-difusion
    """
    if latents.dim() != 4 or latents.shape[2] % 2 or latents.shape[3] % 2:
        raise ValueError(f"latents: expected (B, c, h, w) with h and w even, got {tuple(latents.shape)}")
    pairs = latents.unflatten(3, (-1, 2)).unflatten(2, (-1, 2))  # (B, c, h/2, 2, w/2, 2)
    return pairs.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)


def unpack(tokens, height, width):
    """The inverse of `pack`.

    Args:
        tokens: (B, N, 4 c). height, width: h and w of the latents, even.

    Returns: (B, c, h, w).
    Raises: ValueError when the sizes do not fit.
    Taught in: 06-difusion
    """
    if height % 2 or width % 2 or tokens.shape[1] * 4 != height * width or tokens.shape[2] % 4:
        raise ValueError(
            f"expected h and w even and h w / 4 tokens of 4 c channels, "
            f"got {height}, {width} and tokens of shape {tuple(tokens.shape)}"
        )
    pairs = tokens.view(len(tokens), height // 2, width // 2, -1, 2, 2)  # (B, h/2, w/2, c, 2, 2)
    return pairs.permute(0, 3, 1, 4, 2, 5).flatten(4).flatten(2, 3)


def coordinates(height, width, image=0):
    """Where each token stands: which image, row, column.

    Args:
        height, width: of the latents, even.
        image: 0 = the one that is made; Kontext gives the one that is looked at 1.

    Returns: (h w / 4, 3), float32.
    Raises: ValueError when height or width is odd.

    Source: FLUX.1's code, `prepare`.
    Taught in: 06-difusion
    """
    if height % 2 or width % 2:
        raise ValueError(f"expected h and w even, got {height} and {width}")
    rows, columns = torch.arange(height // 2), torch.arange(width // 2)
    return torch.cartesian_prod(torch.tensor([image]), rows, columns).float()
