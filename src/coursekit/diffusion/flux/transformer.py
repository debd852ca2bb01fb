"""FLUX.1's transformer: packed latents, a text and a time in; the velocity of every token out."""

import torch
from torch import nn

from coursekit.diffusion.flux.blocks import DoubleBlock, SingleBlock
from coursekit.diffusion.flux.embeddings import TimeAndText
from coursekit.diffusion.flux.modulation import Modulation, modulated
from coursekit.diffusion.flux.rotary import axes_table


class FluxTransformer(nn.Module):
    """Two lanes for the double blocks, one stream for the single ones, and the image's part of it read out.

    Args:
        config: a `FluxConfig`.

    Source: Black Forest Labs 2024, FLUX.1's code, `Flux`; no paper describes it.
    Taught in: 06-difusion
    """

    def __init__(self, config):
        super().__init__()
        self.config, width = config, config.width
        self.image_in, self.text_in = nn.Linear(config.channels, width), nn.Linear(config.text_width, width)
        self.vector = TimeAndText(config)
        self.double_blocks = nn.ModuleList(DoubleBlock(config) for _ in range(config.double))
        self.single_blocks = nn.ModuleList(SingleBlock(config) for _ in range(config.single))
        self.last, self.image_out = Modulation(width, 2), nn.Linear(width, config.out_channels)

    def forward(self, image, text, pooled, t, places, guidance=None):
        """The velocity noise - x_0.

        Args:
            image: packed latents, (B, N, channels). text: (B, M, text_width). pooled: (B, pooled_width).
            t: (B,), 0 = data, 1 = noise.
            places: coordinates of the image's tokens, (N, 3), as from `coordinates`; the text stands at (0, 0, 0).
            guidance: its strength, (B,), where the model takes it.

        Returns: (B, N, out_channels).
        Raises: ValueError when channels, places or guidance do not fit.
        """
        if image.shape[-1] != self.config.channels:
            raise ValueError(f"image: expected {self.config.channels} channels a token, got {image.shape[-1]}")
        if len(places) != image.shape[1]:
            raise ValueError(f"places: expected one for each of {image.shape[1]} tokens, got {len(places)}")
        vector = self.vector(t, pooled, guidance)  # (B, C)
        text, image = self.text_in(text), self.image_in(image)  # (B, M, C), (B, N, C)
        everywhere = torch.cat([places.new_zeros(text.shape[1], 3), places])  # (M + N, 3)
        cos, sin = axes_table(everywhere, self.config.axes, self.config.base)
        for block in self.double_blocks:
            text, image = block(text, image, vector, cos, sin)
        x = torch.cat([text, image], 1)  # (B, M + N, C)
        for block in self.single_blocks:
            x = block(x, vector, cos, sin)
        return self.image_out(modulated(x[:, text.shape[1] :], *self.last(vector)))

    def parameter_count(self):
        """Number of weights."""
        return sum(weight.numel() for weight in self.parameters())
