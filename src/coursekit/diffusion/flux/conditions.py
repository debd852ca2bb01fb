"""The doors by which an image comes in: channels (Fill, Canny, Depth), tokens (Kontext), text (Redux)."""

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.diffusion.flux.latents import coordinates, pack


def fill_beside(kept, mask):
    """FLUX.1 Fill: what stands beside each noisy token: what is kept of the image there, and the mask, pixel by pixel.

        [pack(kept), pack(mask, p x p pixels as channels)]          4 c + 4 p^2 channels (FLUX.1: 64 + 256)

    Args:
        kept: latents of the image with the hole blanked, (B, c, h, w).
        mask: (B, p h, p w), 1 = to be filled; p pixels a latent (FLUX.1: 8).

    Returns: (B, h w / 4, 4 c + 4 p^2).
    Raises: ValueError when the mask's size is no multiple of the latents'.

    Source: FLUX.1's code, `prepare_fill`.
    Taught in: 06-difusion
    """
    (batch, _, height, width), pixels = kept.shape, mask.shape[-1] // kept.shape[-1]
    if mask.shape != (batch, pixels * height, pixels * width) or not pixels:
        raise ValueError(
            f"mask: expected ({batch}, p {height}, p {width}), p pixels for each latent, got {tuple(mask.shape)}"
        )
    split = mask.unflatten(2, (width, pixels)).unflatten(1, (height, pixels))  # (B, h, p, w, p)
    as_channels = split.permute(0, 2, 4, 1, 3).flatten(1, 2)  # (B, p p, h, w)
    return torch.cat([pack(kept), pack(as_channels.to(kept.dtype))], -1)


def fill_tokens(noisy, kept, mask):
    """FLUX.1 Fill: the noisy tokens, and `fill_beside` them (FLUX.1: 64 + 320 = 384 channels).

    Args: noisy: latents, (B, c, h, w). kept, mask: as in `fill_beside`.

    Returns: (B, h w / 4, 8 c + 4 p^2).
    Raises: ValueError when sizes do not divide or differ.
    Taught in: 06-difusion
    """
    if kept.shape != noisy.shape:
        raise ValueError(f"kept: expected latents of shape {tuple(noisy.shape)}, got {tuple(kept.shape)}")
    return torch.cat([pack(noisy), fill_beside(kept, mask)], -1)


def control_tokens(noisy, control):
    """FLUX.1 Canny and Depth: beside each token, that of a drawing of edges or of depths.

        [pack(noisy), pack(control)]          4 c + 4 c channels (FLUX.1: 64 + 64 = 128)

    Args: noisy, control: latents, (B, c, h, w).

    Returns: (B, h w / 4, 8 c).
    Raises: ValueError when their sizes differ.

    Source: FLUX.1's code, `prepare_control`.
    Taught in: 06-difusion
    """
    if control.shape != noisy.shape:
        raise ValueError(f"control: expected latents of shape {tuple(noisy.shape)}, got {tuple(control.shape)}")
    return torch.cat([pack(noisy), pack(control)], -1)


def kontext_tokens(noisy, reference):
    """FLUX.1 Kontext: behind the image that is made, the one to edit, of any size, told apart by the first coordinate.

        tokens = [pack(noisy); pack(reference)],    places = [(0, row, column); (1, row, column)]

    The velocity of the first tokens is read; the others are only looked at.

    Args: noisy: (B, c, h, w). reference: (B, c, h', w').

    Returns: tokens (B, N + N', 4 c), places (N + N', 3).
    Raises: ValueError when batch or channels differ.

    Source: Black Forest Labs 2025 (FLUX.1 Kontext), section 3.
    Taught in: 06-difusion
    """
    if reference.shape[:2] != noisy.shape[:2]:
        raise ValueError(f"reference: expected {tuple(noisy.shape[:2])} + (h, w), got {tuple(reference.shape)}")
    places = torch.cat([coordinates(*noisy.shape[2:]), coordinates(*reference.shape[2:], image=1)])
    return torch.cat([pack(noisy), pack(reference)], 1), places.to(noisy.device)


class Redux(nn.Module):
    """FLUX.1 Redux: an image's features, turned into tokens of text and put behind them.

        [text; W_2 silu(W_1 features + b_1) + b_2]          W_1 three times as wide as the text

    Args:
        features: channels of a feature (FLUX.1: SigLIP's 1152). text_width: of a token of text.

    Source: FLUX.1's code, `ReduxImageEncoder`.
    Taught in: 06-difusion
    """

    def __init__(self, features, text_width):
        super().__init__()
        self.up, self.down = nn.Linear(features, 3 * text_width), nn.Linear(3 * text_width, text_width)

    def forward(self, text, features):
        """text (B, M, text_width), features (B, F, features) -> (B, M + F, text_width)"""
        return torch.cat([text, self.down(F.silu(self.up(features)))], 1)
