"""Affine integers of 1 to 8 bits: a group of weights shares a scale and a zero, each weight keeps a whole number.

    w ~ scale (code - zero),    code = 0 .. 2^bits - 1

Leaves out how codes lie in bytes.

Dimensions: ... rows, C columns (a row's inputs), g columns of a group (group_size), G = C / g groups of a row.
"""

from dataclasses import dataclass

import torch

from coursekit.quant.finite import check_finite


@dataclass(frozen=True)
class Affine:
    """Weights as whole numbers, and what turns them back.

        w_hat = scale (code - zero),    the same scale and zero for the g columns of a group

    Args:
        codes: (..., C) uint8, 0 .. 2^bits - 1.
        scale: (..., G) float32, >= 0; 0 where a whole group is 0. (1, ..., 1) serves the whole tensor.
        zero: as scale; the code of the number 0, whole but for symmetric codes of one bit, where it is 1/2.
        bits: 1 .. 8.
        group_size: g; G groups of g columns make a row. For a whole tensor, C.
        symmetric: is zero the middle, 2^(bits - 1), everywhere?

    Raises: ValueError when they do not fit together.
    Taught in: 05-cuantizacion
    """

    codes: torch.Tensor
    scale: torch.Tensor
    zero: torch.Tensor
    bits: int
    group_size: int
    symmetric: bool

    def __post_init__(self):
        check_bits(self.bits)
        if self.codes.dtype != torch.uint8 or self.codes.dim() == 0:
            raise ValueError(f"codes: expected uint8 (..., C), got {self.codes.dtype} {tuple(self.codes.shape)}")
        _check_groups(self.codes.shape, self.group_size)
        grouped = (*self.codes.shape[:-1], self.codes.shape[-1] // self.group_size)
        for name in ("scale", "zero"):
            shape = tuple(getattr(self, name).shape)
            if shape not in (grouped, (1,) * len(grouped)):
                raise ValueError(f"{name}: expected {grouped}, one a group, or all 1, got {shape}")
        highest = int(self.codes.max()) if self.codes.numel() else 0
        if highest >= 1 << self.bits:
            raise ValueError(f"codes: expected 0 to {(1 << self.bits) - 1} ({self.bits} bits), got {highest}")

    @property
    def shape(self):
        return self.codes.shape

    def dequantize(self):
        """(..., C) float32: scale (code - zero)."""
        codes = self.codes.unflatten(-1, (-1, self.group_size)).to(torch.float32)  # (..., G, g)
        return ((codes - self.zero[..., None]) * self.scale[..., None]).flatten(-2)


def quantize(weight, bits, group_size="channel", symmetric=True):
    """Weights rounded to the nearest number that their group can hold.

    Args:
        weight: (..., C), floating point and finite.
        bits: 1 .. 8.
        group_size: columns that share a scale, a divisor of C; "channel" for a whole row, "tensor" for all of it.
        symmetric: as in `find_grid`.

    Returns: an `Affine`; its `dequantize()` is within scale / 2 of the weight (one bit, symmetric: of the two numbers
        that there are, the nearer).
    Raises: ValueError for numbers that are not finite, and for groups that do not divide the row.

    Source: Frantar et al. 2022 (GPTQ), section 2 (round to nearest); Jacob et al. 2017, section 2.1 (the affine form).
    Taught in: 05-cuantizacion
    """
    scale, zero = find_grid(weight, bits, group_size, symmetric)
    columns = weight.shape[-1] if isinstance(group_size, str) else group_size
    return Affine(to_codes(weight, scale, zero, bits, symmetric), scale, zero, bits, columns, symmetric)


def find_grid(weight, bits, group_size="channel", symmetric=True):
    """Scale and zero of each group.

        symmetric:   scale = max |w| / (2^(bits-1) - 1),   zero = 2^(bits-1);    one bit: 2 mean |w|, and 1/2
        otherwise:   scale = (max(w, 0) - min(w, 0)) / (2^bits - 1),    zero = round(-min(w, 0) / scale)

    Either way 0 keeps its place. Symmetric codes leave out 0, so that -w has the mirrored code of w; with one bit
    they are -+mean |w|, the nearest that two opposite numbers can be to the weights.

    Args: as in `quantize`.
    Returns: scale, zero: (..., G) float32, or (1, ..., 1) for "tensor".
    Raises: ValueError as there.
    Taught in: 05-cuantizacion
    """
    check_bits(bits)
    check_finite("weight", weight)
    groups, over = _split(weight.detach().to(torch.float32), group_size)
    if symmetric:
        size = groups.abs()
        scale = 2 * size.mean(over, True) if bits == 1 else size.amax(over, True) / ((1 << (bits - 1)) - 1)
        zero = torch.full_like(scale, 2.0 ** (bits - 1) if bits > 1 else 0.5)
    else:
        low, high = groups.amin(over, True).clamp(max=0), groups.amax(over, True).clamp(min=0)
        scale = high / ((1 << bits) - 1) - low / ((1 << bits) - 1)  # apart: the difference could be infinite
        zero = torch.where(scale > 0, -low / scale, 0.0).round()
    return scale.squeeze(-1), zero.squeeze(-1)


def to_codes(weight, scale, zero, bits, symmetric=True):
    """The code nearest to each weight, on a grid that is given.

        code = clamp(round(w / scale + zero), symmetric ? 1 : 0, 2^bits - 1);    one bit: from 0 either way

    Args:
        weight: (..., C).
        scale, zero: (..., G) with G a divisor of C, or any shape of as many axes that broadcasts to it.
        bits, symmetric: as in `quantize`.

    Returns: (..., C) uint8. Where the scale is 0, the code is that of 0.
    Taught in: 05-cuantizacion
    """
    groups = weight.detach().to(torch.float32).unflatten(-1, (scale.shape[-1], -1))  # (..., G, g)
    scale, zero = scale[..., None], zero[..., None]
    steps = torch.where(scale > 0, groups / scale, 0.0) + zero
    return steps.round().clamp(1 if symmetric and bits > 1 else 0, (1 << bits) - 1).to(torch.uint8).flatten(-2)


def check_bits(bits):
    """Raise a ValueError unless bits is a whole number from 1 to 8."""
    if type(bits) is not int or not 1 <= bits <= 8:
        raise ValueError(f"bits: expected a whole number from 1 to 8, got {bits!r}")


def _check_groups(shape, group_size):
    if type(group_size) is not int or group_size < 1 or shape[-1] % group_size:
        raise ValueError(f"group_size: expected a divisor of the {shape[-1]} columns, got {group_size!r}")


def _split(weight, group_size):
    """Groups (..., G, g), and the axes of one."""
    if weight.dim() == 0 or not weight.numel():
        raise ValueError(f"weight: expected (..., columns) and at least one number, got shape {tuple(weight.shape)}")
    if group_size == "tensor":
        return weight.unsqueeze(-2), tuple(range(weight.dim() + 1))
    columns = weight.shape[-1] if group_size == "channel" else group_size
    _check_groups(weight.shape, columns)
    return weight.unflatten(-1, (-1, columns)), (-1,)
