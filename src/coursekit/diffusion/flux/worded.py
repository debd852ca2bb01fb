"""Small images from words: FLUX's transformer with a table for a text encoder, so that all can be trained here."""

import torch
from torch import nn

from coursekit.diffusion.flux.latents import coordinates, pack, unpack
from coursekit.diffusion.flux.modulation import Modulation
from coursekit.diffusion.flux.transformer import FluxTransformer


class WordedFlux(nn.Module):
    """A learned vector for each letter in place of T5, their mean in place of CLIP, pixels in place of latents.

        velocity = unpack(flux([pack(x), beside], E[letters], W mean(E[letters]), t))

    A block does nothing at first: its gates are 0, and so is the answer.

    Args:
        config: a `FluxConfig`; its channels are 4 c and those of `beside`, its out_channels 4 c.
        vocabulary: letters, 0 = none: padding, and with nothing but it the null condition of guidance.

    Source: Black Forest Labs 2024, FLUX.1's code; zeros at first: Peebles and Xie 2023 (DiT), section 3.2.
    Taught in: 06-difusion
    """

    def __init__(self, config, vocabulary):
        super().__init__()
        self.letters = nn.Embedding(vocabulary, config.text_width)
        self.pooled = nn.Linear(config.text_width, config.pooled_width)
        self.transformer = FluxTransformer(config)
        for part in self.transformer.modules():
            if isinstance(part, Modulation):
                nn.init.zeros_(part.linear.weight)
                nn.init.zeros_(part.linear.bias)
        nn.init.zeros_(self.transformer.image_out.weight)
        nn.init.zeros_(self.transformer.image_out.bias)

    def forward(self, x, t, letters, beside=None):
        """The velocity noise - x_0.

        Args:
            x: (B, c, h, w), h and w even. t: (B,), 0 = data, 1 = noise.
            letters: (B, M) integer.
            beside: further channels of each token, (B, h w / 4, k), as of Fill; or None.

        Returns: (B, c, h, w).
        Raises: ValueError when the sizes do not fit.
        """
        height, width = x.shape[2:]
        text, real = self.letters(letters), (letters != 0)[..., None]  # (B, M, text_width), (B, M, 1)
        mean = (text * real).sum(1) / real.sum(1).clamp(min=1)  # (B, text_width)
        tokens = pack(x) if beside is None else torch.cat([pack(x), beside], -1)  # (B, N, channels)
        places = coordinates(height, width).to(x.device)  # (N, 3)
        return unpack(self.transformer(tokens, text, self.pooled(mean), t, places), height, width)
