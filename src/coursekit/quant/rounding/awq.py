"""AWQ: what large inputs multiply is magnified before rounding, so that its rounding matters less."""

from dataclasses import dataclass

import torch

from coursekit.quant.formats.affine import Affine, quantize


@dataclass(frozen=True)
class Scaled:
    """Few-bit weights, and what to divide the inputs by.

        y = (x / s) w_hat^T

    Args:
        weight: an `Affine`, (outputs, C).
        column_scale: s, (C,), > 0. A norm or a layer before this one can take it over, or the inputs be divided.
        exponent: the alpha that was found.

    Taught in: 05-cuantizacion
    """

    weight: Affine
    column_scale: torch.Tensor
    exponent: float

    def dequantize(self):
        """(outputs, C) float32: what the inputs as they are would be multiplied with."""
        return self.weight.dequantize() / self.column_scale


def awq(weight, calibration, bits, group_size="channel", symmetric=True, steps=20):
    """Magnify the columns of large inputs, as much as serves the outputs best.

        s_j = mean|x_j|^alpha,    w_hat = Q(w diag(s)) diag(s)^-1,    alpha = the best of 0, 1/20, ..., 19/20
        best: least mean of ((w - w_hat) x)^2

    A column times s has, as a rule, the same step as before, and after division an error s times smaller; but where
    it is the largest of its group, the step grows for the others. alpha = 0 is rounding to nearest, so on the inputs
    that it was made with AWQ cannot be worse. Leaves out the published code's second search, for where to clip.

    Args:
        weight: (outputs, C), floating point.
        calibration: a `Calibration` of the layer's inputs.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`.
        steps: how many alphas are tried.

    Returns: a `Scaled`.
    Raises: ValueError for numbers that are not finite, or groups that do not divide C.

    Source: Lin et al. 2023 (AWQ), section 3.2.
    Taught in: 05-cuantizacion
    """
    calibration.check(weight)
    if type(steps) is not int or steps < 1:
        raise ValueError(f"steps: expected a whole number >= 1, got {steps!r}")
    tried = [_magnified(weight, calibration, i / steps, bits, group_size, symmetric) for i in range(steps)]
    wide = weight.detach().float()
    return min(tried, key=lambda scaled: _error(scaled.dequantize() - wide, calibration.moments))


def _magnified(weight, calibration, alpha, bits, group_size, symmetric):
    size = calibration.mean_size
    # an input that is always 0 must not be divided by 0; the geometric middle of all scales is 1, as published
    scale = size.clamp(min=1e-4 * float(size.max()) if size.any() else 1.0) ** alpha  # (C,)
    scale = scale / (scale.max() * scale.min()).sqrt()
    return Scaled(quantize(weight.detach().float() * scale, bits, group_size, symmetric), scale, alpha)


def _error(change, moments):
    """As `Calibration.output_error`, in float32, since it is asked for twenty times."""
    return float((change @ moments * change).sum())
