"""Diffusion: a text or an image that is refined as a whole, in steps, instead of written from left to right.

    text/       masked diffusion: tokens are hidden, and guessed in any order

Each room has its own map, and the letters of its dimensions.
"""

from coursekit.diffusion.text import generate, mask_tokens, masked_loss

__all__ = ["generate", "mask_tokens", "masked_loss"]
