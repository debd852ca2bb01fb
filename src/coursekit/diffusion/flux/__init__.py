"""FLUX.1's transformer in miniature: text and image side by side, then as one stream, moved by the time.

    transformer.py  `FluxTransformer`: packed latents, text and a time in, a velocity out;  config.py  its sizes
    blocks.py       the double block (two lanes, one attention) and the single block (one lane)
    modulation.py   what the time does to a block: shift, scale and gate
    embeddings.py   time, guidance and the text as a whole, as one vector
    rotary.py       rotary positions along three axes
    latents.py      2 x 2 latents packed into a token, and back; the coordinates of the tokens
    worded.py       `WordedFlux`: the same for small images and short words, to be trained
    conditions.py   the doors by which an image comes in: Fill, Canny and Depth, Kontext, Redux

Dimensions: B batch, N image tokens, M text tokens, C width, H heads, D head size, h x w latents of c channels.
"""

from coursekit.diffusion.flux.config import FluxConfig
from coursekit.diffusion.flux.latents import coordinates, pack, unpack
from coursekit.diffusion.flux.transformer import FluxTransformer
from coursekit.diffusion.flux.worded import WordedFlux

__all__ = ["FluxConfig", "FluxTransformer", "WordedFlux", "coordinates", "pack", "unpack"]
