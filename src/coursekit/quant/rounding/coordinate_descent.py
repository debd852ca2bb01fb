"""From the nearest rounding downhill: turn over the one choice that helps most, until none helps."""

from dataclasses import replace

import torch

from coursekit.quant.formats.affine import quantize
from coursekit.quant.rounding.neighbours import neighbours


def coordinate_descent(weight, calibration, bits, group_size="channel", symmetric=True, most_turns=None):
    """Turn single weights from down to up, or back, while that lowers the output error of their row.

        turning weight j by d_j changes  e H e^T  by  2 d_j (H e)_j + H_jj d_j^2,    e = w_hat - w

    It never climbs, so it ends no higher than rounding to nearest, where it starts; it stops where no single turn
    helps, which need not be the best rounding.

    Args:
        weight: (outputs, C), floating point.
        calibration: a `Calibration` of the layer's inputs.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`.
        most_turns: of each row; None = 10 C.

    Returns: an `Affine`.
    Raises: ValueError as `quantize`.

    Source: Nagel et al. 2020 (AdaRound) states the problem; the descent is the plainest there is.
    Taught in: 05-cuantizacion
    """
    calibration.check(weight)
    below, above = neighbours(weight, bits, group_size, symmetric)
    nearest = quantize(weight, bits, group_size, symmetric)
    low, high = below.dequantize().double(), above.dequantize().double()  # (O, C)
    is_up = nearest.codes == above.codes
    moments, rows = calibration.moments.double(), torch.arange(len(weight))
    pull = (nearest.dequantize().double() - weight.detach().double()) @ moments  # H e, (O, C)
    for _ in range(10 * weight.shape[1] if most_turns is None else most_turns):
        turn = torch.where(is_up, low - high, high - low)  # d, (O, C)
        gain = 2 * turn * pull + moments.diagonal() * turn.square()
        value, column = gain.min(-1)  # (O,) twice: the best turn of each row
        helps = value < -1e-12 * moments.diagonal().mean()
        if not helps.any():
            break
        at = rows[helps], column[helps]
        pull[helps] += turn[at][:, None] * moments[column[helps]]
        is_up[at] = ~is_up[at]
    return replace(nearest, codes=torch.where(is_up, above.codes, below.codes))
