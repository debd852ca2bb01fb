"""Diffusion: a text or an image that is refined as a whole, in steps, instead of written from left to right.

    text/       masked diffusion: tokens are hidden, and guessed in any order
    flow/       rectified flow: from noise to an image along a velocity; DDPM and DDIM to compare with
    flux/       FLUX.1's transformer in miniature, and the doors by which an image comes in

Each room has its own map, and the letters of its dimensions.
"""

from coursekit.diffusion.text import generate, mask_tokens, masked_loss

__all__ = ["generate", "mask_tokens", "masked_loss"]
