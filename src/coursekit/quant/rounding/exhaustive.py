"""All roundings of one row, down or up each, and what each costs: the truth that others are measured with."""

from dataclasses import dataclass, replace

import torch

from coursekit.quant.formats.affine import Affine
from coursekit.quant.rounding.neighbours import neighbours

MOST = 20  # weights: a million roundings


@dataclass(frozen=True)
class Roundings:
    """All 2^C ways to round C weights down or up.

    Args:
        ups: (2^C, C) bool: which weights go up; row i is the number i in binary, its first digit the first weight.
        weight_error: (2^C,), mean of (w - w_hat)^2.
        output_error: (2^C,), mean of ((w - w_hat) x)^2.
        below, above: `Affine`, (1, C): the marks on both sides.

    Taught in: 05-cuantizacion
    """

    ups: torch.Tensor
    weight_error: torch.Tensor
    output_error: torch.Tensor
    below: Affine
    above: Affine

    def rounding(self, index):
        """The rounding of that number, an `Affine` (1, C)."""
        return replace(self.below, codes=torch.where(self.ups[index], self.above.codes, self.below.codes))

    @property
    def best(self):
        """The number of the rounding with the least output error."""
        return int(self.output_error.argmin())

    @property
    def nearest(self):
        """The number of rounding to nearest: the least weight error."""
        return int(self.weight_error.argmin())


def all_roundings(weight, calibration, bits, group_size="channel", symmetric=True):
    """Every rounding of a row, and its two errors.

        output error = (w - w_hat) H (w - w_hat)^T,    weight error = |w - w_hat|^2 / C

    Args:
        weight: (1, C), C <= 20.
        calibration: a `Calibration` of the layer's inputs.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`.

    Returns: `Roundings`, 2^C of them, errors in float64. Where a weight has one neighbour only, pairs are the same.
    Raises: ValueError for more than one row, or more weights.

    Source: Nagel et al. 2020 (AdaRound): the square form over roundings.
    Taught in: 05-cuantizacion
    """
    calibration.check(weight)
    if weight.shape[0] != 1 or weight.shape[1] > MOST:
        raise ValueError(f"weight: expected (1, C) with C up to {MOST}, got {tuple(weight.shape)}")
    below, above = neighbours(weight, bits, group_size, symmetric)
    columns = weight.shape[1]
    digits = torch.arange(columns - 1, -1, -1)
    ups = (torch.arange(2**columns)[:, None] >> digits & 1).bool()  # (2^C, C)
    change = torch.where(ups, above.dequantize().double(), below.dequantize().double()) - weight.detach().double()
    output_error = ((change @ calibration.moments.double()) * change).sum(-1)
    return Roundings(ups, change.square().mean(-1), output_error, below, above)
