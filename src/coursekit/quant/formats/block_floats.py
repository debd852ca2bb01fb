"""Blocks of E2M1: numbers of 4 bits, and a scale of 8 bits for each block.

    MXFP4    32 numbers, scale 2^k (E8M0: the code is k + 127)                                   4.25 bits a number
    NVFP4    16 numbers, scale E4M3, and one float32 for the whole tensor                        4.5 bits and a bit

    w ~ tensor_scale scale_block number

Codes are kept one a byte; `bits.pack_bits` puts two into one, the first in the low half.

Dimensions: C columns, g numbers of a block, G = C / g.
"""

from dataclasses import dataclass

import torch

from coursekit.quant.finite import check_finite
from coursekit.quant.formats.floats import E2M1, E4M3

_BLOCK = {"MXFP4": 32, "NVFP4": 16}


@dataclass(frozen=True)
class BlockFloat:
    """A tensor in MXFP4 or NVFP4.

    Args:
        format: "MXFP4" or "NVFP4".
        codes: (..., C) uint8, E2M1.
        scales: (..., G) uint8, E8M0 or E4M3; 255 and 127 are NaN.
        tensor_scale: float; 1 in MXFP4.

    Raises: ValueError when they do not fit together.
    Taught in: 05-cuantizacion
    """

    format: str
    codes: torch.Tensor
    scales: torch.Tensor
    tensor_scale: float = 1.0

    def __post_init__(self):
        block = _block(self.format)
        *rows, columns = self.codes.shape
        if columns % block or self.scales.shape != (*rows, columns // block):
            got = f"{tuple(self.codes.shape)} and {tuple(self.scales.shape)}"
            raise ValueError(f"{self.format}: expected a scale for each {block} codes of a row, got {got}")

    @property
    def bits_per_number(self):
        return 4 + 8 / _BLOCK[self.format]  # a float32 for the whole tensor is not counted

    def dequantize(self):
        """(..., C) float32."""
        scale = _e8m0(self.scales) if self.format == "MXFP4" else E4M3.decode(self.scales) * self.tensor_scale
        return (E2M1.decode(self.codes).unflatten(-1, (*self.scales.shape[-1:], -1)) * scale[..., None]).flatten(-2)


def to_mxfp4(x):
    """MXFP4: the scale is the power of two that brings the block's largest number between 4 and 8.

        k = floor(log2 max |x|) - 2,    codes = E2M1(x / 2^k), saturated at 6

    Args: x: (..., C), finite; C a multiple of 32.
    Returns: a `BlockFloat`; a block of zeros has the smallest scale, 2^-127.
    Raises: ValueError.

    Source: OCP Microscaling Formats (MX) Specification 1.0.
    Taught in: 05-cuantizacion
    """
    blocks = _blocks(x, "MXFP4")
    largest = blocks.abs().amax(-1)  # (..., G)
    exponent = torch.where(largest > 0, torch.frexp(largest).exponent - 3, -127).clamp(-127, 127)
    numbers = torch.ldexp(blocks.double(), -exponent[..., None].double())
    return BlockFloat("MXFP4", E2M1.encode(numbers.float()).flatten(-2), (exponent + 127).to(torch.uint8))


def to_nvfp4(x):
    """NVFP4: the block's largest number becomes 6, up to the three bits of the scale's mantissa.

        tensor_scale = max |x| / (6 448),   scale = E4M3(max_block |x| / (6 tensor_scale)),   codes = E2M1(x / both)

    Args: x: (..., C), finite; C a multiple of 16.
    Returns: a `BlockFloat`; a block of zeros has scale 0.
    Raises: ValueError.

    Source: NVIDIA 2025 (Pretraining Large Language Models with NVFP4).
    Taught in: 05-cuantizacion
    """
    blocks = _blocks(x, "NVFP4").double()
    largest = blocks.abs().amax(-1)  # (..., G)
    tensor_scale = float((largest.max() / (6 * 448)).float())
    scales = E4M3.encode((largest / (6 * tensor_scale or 1)).float())
    scale = E4M3.decode(scales).double() * tensor_scale
    numbers = torch.where(scale[..., None] > 0, blocks / scale[..., None], 0.0)
    return BlockFloat("NVFP4", E2M1.encode(numbers.float()).flatten(-2), scales, tensor_scale)


def _block(format):
    if format not in _BLOCK:
        raise ValueError(f"format: expected {' or '.join(_BLOCK)}, got {format!r}")
    return _BLOCK[format]


def _blocks(x, format):
    block = _block(format)
    check_finite("x", x)
    if x.dim() == 0 or not x.numel() or x.shape[-1] % block:
        raise ValueError(f"x: expected rows of whole blocks of {block}, got shape {tuple(x.shape)}")
    return x.detach().to(torch.float32).unflatten(-1, (-1, block))


def _e8m0(codes):
    return torch.where(
        codes == 255, torch.nan, torch.ldexp(torch.ones_like(codes, dtype=torch.float32), codes.int() - 127)
    )
