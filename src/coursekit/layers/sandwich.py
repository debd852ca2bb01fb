"""A block with a norm before and after each part.

Adds one idea to `blocks.py`: what a part writes is normalised too, so that no part can flood the stream, and the
path through all layers stays as free as with `PreNorm`.
"""

from coursekit.layers.blocks import PreNorm, with_loss


class SandwichNorm(PreNorm):
    """Each part reads the stream normalised, and what it adds is normalised as well.

        x = x + norm(mixer(norm(x)));  x = x + norm(ffn(norm(x)))

    Args: as in `coursekit.layers.blocks`.

    Source: Ding et al. 2021 (CogView), section 2.4; Gemma Team 2024 (Gemma 2), section 2.
    Taught in: 02-transformer
    """

    def __init__(self, config, mixer, ffn, norm):
        super().__init__(config, mixer, ffn, norm)
        self.mixer_output_norm = norm(config.width, config.norm_eps)
        self.ffn_output_norm = ffn and norm(config.width, config.norm_eps)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C), auxiliary loss"""
        x = x + self.mixer_output_norm(self.mixer(self.mixer_norm(x), cache, positions, mask))
        if self.ffn is None:
            return x, 0.0
        y, auxiliary_loss = with_loss(self.ffn(self.ffn_norm(x)))
        return x + self.ffn_output_norm(y), auxiliary_loss
