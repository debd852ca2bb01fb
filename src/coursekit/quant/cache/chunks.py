"""Rounded keys, or values, of old tokens: packed codes, chunk after chunk, in memory that is reserved once."""

import torch

from coursekit.quant.finite import check_finite
from coursekit.quant.formats.affine import Affine, find_grid, to_codes
from coursekit.quant.formats.bits import pack_bits, unpack_bits


class Chunks:
    """Chunks of g tokens each, rounded to a few bits.

        x ~ scale (code - zero),    scale in half precision, zero a byte, for g numbers that share them

    Args:
        shape: (B, heads, g, D) of a chunk.
        count: chunks to reserve.
        bits: of a code.
        axis: "channel" or "token", as in `CacheBits`.
        device: of the tensors.

    Raises: ValueError where g does not divide the channels of a token.
    Taught in: 05-cuantizacion
    """

    def __init__(self, shape, count, bits, axis, device):
        batch, heads, group, size = shape
        if axis == "token" and size % group:
            raise ValueError(f"group: expected a divisor of the {size} channels of a token, got {group}")
        self.group, self.bits, self.axis, self.used = group, bits, axis, 0
        self.codes_shape = (batch, heads, size, group) if axis == "channel" else (batch, heads, group, size)
        scales = (*self.codes_shape[:-1], self.codes_shape[-1] // group)
        bytes_ = batch * heads * group * size * bits // 8
        self.codes = torch.zeros(count, bytes_, dtype=torch.uint8, device=device)
        self.scales = torch.zeros(count, *scales, dtype=torch.float16, device=device)
        self.zeros = torch.zeros(count, *scales, dtype=torch.uint8, device=device)

    def add(self, chunk):
        """Round the next chunk.

        Args:
            chunk: (B, heads, g, D), floating point.

        Raises: ValueError for numbers that are not finite, or too large for a scale in half precision.
        """
        x = self._turned(chunk.detach().float())
        check_finite("chunk", x)
        scale, zero = find_grid(x, self.bits, self.group, symmetric=False)
        scale = scale.half()
        if not scale.isfinite().all():
            raise ValueError(f"chunk: expected numbers whose step is at most 65504, got one of {float(x.abs().max())}")
        codes = to_codes(x, scale.float(), zero, self.bits, symmetric=False)
        self.codes[self.used] = pack_bits(codes.cpu(), self.bits).to(self.codes.device)
        self.scales[self.used], self.zeros[self.used] = scale, zero.to(torch.uint8)
        self.used += 1

    def all(self, dtype):
        """All tokens so far, (B, heads, used g, D)."""
        shape = (self.used, *self.codes_shape)
        codes = unpack_bits(self.codes[: self.used].flatten().cpu(), self.bits, shape).to(self.codes.device)
        scale, zero = self.scales[: self.used].float(), self.zeros[: self.used].float()
        x = Affine(codes, scale, zero, self.bits, self.group, symmetric=False).dequantize()
        x = self._turned(x)  # (used, B, heads, g, D)
        return x.permute(1, 2, 0, 3, 4).flatten(2, 3).to(dtype)

    def tensors(self):
        """All that is reserved."""
        return self.codes, self.scales, self.zeros

    def _turned(self, x):
        return x.transpose(-1, -2) if self.axis == "channel" else x
