"""Weights of few bits in the order in which a processor multiplies them.

Sixteen outputs at a time, and four inputs of each beside each other, 64 bytes: byte 4 i + j of row s belongs to output
i and to input j of four. It holds p = 8 / bits codes, from the lowest bits up: code k is of input 4 (s p + k) + j. So
an instruction that multiplies 64 bytes and adds fours gets sixteen outputs at once, and nothing is summed across.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch.nn import functional as F

from coursekit.quant.finite import check_finite
from coursekit.quant.linear.checks import check_pack

TILE, FOUR = 16, 4  # outputs and inputs beside each other
_SMALLEST = 2.0**-14  # scales in half precision have all their bits from here on


@dataclass(frozen=True)
class PackedWeight:
    """Weights W, (O, C):  W_oc = d_og (q_oc - middle) + m_og. Made by `pack`.

    Args:
        data: (tiles G steps, 64) uint8, the codes q; tiles = ceil(O / 16).
        scales: d, (tiles, G, 16), float16 or float32.
        lows: m, as scales; None = 0.
        outputs, inputs: O and C.
        bits: 2, 4 or 8.
        middle: the code of 0 where there are no lows.
        group_size: g, inputs that share a scale.

    Taught in: 05-cuantizacion
    """

    data: torch.Tensor
    scales: torch.Tensor
    lows: torch.Tensor | None
    outputs: int
    inputs: int
    bits: int
    middle: int
    group_size: int

    @property
    def groups(self):
        return self.scales.shape[1]

    @property
    def steps(self):
        """Rows of 64 bytes of a tile's group."""
        return len(self.data) // (self.scales.shape[0] * self.groups)

    @property
    def nbytes(self):
        return sum(t.nbytes for t in (self.data, self.scales, self.lows) if t is not None)

    @cached_property
    def arrays(self):
        """What the compiled loops take: codes, scales and lows as arrays (half precision as uint16), and numbers."""
        lows = self.scales[:0] if self.lows is None else self.lows
        kept = [t.view(torch.uint16) if t.dtype == torch.float16 else t for t in (self.scales, lows)]
        shifts = tuple(range(0, 8, self.bits))
        return self.data.numpy(), *(t.numpy() for t in kept), self.middle, self.steps, shifts

    def codes(self):
        """(O, C) uint8: q."""
        parts, mask = 8 // self.bits, (1 << self.bits) - 1
        bytes_ = self.data.view(-1, self.groups * self.steps, 1, TILE, FOUR)
        shifts = torch.arange(parts, dtype=torch.uint8, device=self.data.device).view(-1, 1, 1) * self.bits
        codes = (bytes_ >> shifts) & mask  # (tiles, steps, p, 16, 4)
        return codes.permute(0, 3, 1, 2, 4).flatten(0, 1).flatten(1)[: self.outputs, : self.inputs]

    def by_group(self, numbers):
        """scales or lows as (O, G) float32."""
        return numbers.permute(0, 2, 1).flatten(0, 1)[: self.outputs].float()

    def dequantize(self):
        """(O, C) float32: W."""
        codes = self.codes().unflatten(1, (self.groups, -1)).float() - self.middle  # (O, G, g)
        weight = codes * self.by_group(self.scales)[..., None]
        return (weight if self.lows is None else weight + self.by_group(self.lows)[..., None]).flatten(1)

    def to(self, device):
        moved = (None if t is None else t.to(device) for t in (self.data, self.scales, self.lows))
        return PackedWeight(*moved, self.outputs, self.inputs, self.bits, self.middle, self.group_size)


def pack(codes, scale, bits, middle, low=None):
    """Weights d (q - middle) + m.

    Args:
        codes: q, (O, C) uint8, 0 .. 2^bits - 1.
        scale: d, (O, G) float32 with G a divisor of C, finite. Several groups keep it in half precision where that has
            all its bits (2^-14 to 65504), else in single, as one group always does.
        bits: 2, 4 or 8.
        middle: 0 .. 2^bits - 1.
        low: m, (O, G), finite; None = 0.

    Returns: a `PackedWeight`.
    Raises: ValueError, also where a sum of a group could overflow 32 bits.
    Taught in: 05-cuantizacion
    """
    check_pack(codes, scale, bits, middle, low)
    (outputs, inputs), groups, parts = codes.shape, scale.shape[1], 8 // bits
    padding = -inputs % (FOUR * parts) if groups == 1 else 0  # inputs that are always 0
    padded = F.pad(codes, (0, padding, 0, -outputs % TILE))
    split = padded.view(-1, TILE, padded.shape[1] // (FOUR * parts), parts, FOUR).permute(3, 0, 2, 1, 4)  # p first
    data = torch.zeros(split.shape[1:], dtype=torch.uint8, device=codes.device)  # (tiles, steps, 16, 4)
    for k in range(parts):
        data |= split[k] << bits * k
    kept = _kept(scale, low)
    scales, lows = (None if t is None else _by_tile(t.to(kept)) for t in (scale, low))
    return PackedWeight(data.view(-1, TILE * FOUR), scales, lows, outputs, inputs, bits, middle, inputs // groups)


def pack_ternary(codes, scale):
    """Ternary weights, four in a byte: 2 bits each.

    Args:
        codes: (O, C) int8, -1, 0 or 1.
        scale: a number, or a tensor (), (O, 1) or (O, G), finite.

    Returns: a `PackedWeight` for `ternary_linear`.
    Raises: ValueError.

    Source: Ma et al. 2024 (BitNet b1.58), equations 1 to 3 (the weights).
    Taught in: 05-cuantizacion
    """
    if codes.dtype != torch.int8 or codes.dim() != 2 or (codes.abs() > 1).any():
        raise ValueError(
            f"codes: expected int8 (outputs, inputs) of -1, 0 and 1, got {codes.dtype} {tuple(codes.shape)}"
        )
    scale = torch.as_tensor(scale, dtype=torch.float32, device=codes.device)
    if scale.dim() < 2:
        scale = scale.expand(len(codes), 1)
    return pack((codes + 1).to(torch.uint8), scale, 2, 1)


def _kept(scale, low):
    check_finite("scale", scale)
    size = torch.cat([scale.abs(), torch.zeros_like(scale) if low is None else low.abs()])
    fits = (size <= 65504).all() and ((scale == 0) | (scale.abs() >= _SMALLEST)).all()
    return torch.float16 if scale.shape[1] > 1 and fits else torch.float32


def _by_tile(numbers):
    """(O, G) as (tiles, G, 16)."""
    return (
        F.pad(numbers, (0, 0, 0, -len(numbers) % TILE)).view(-1, TILE, numbers.shape[1]).permute(0, 2, 1).contiguous()
    )
