"""AdaRound: down or up is learned, by gradients, on a ruler that stays as it is."""

from dataclasses import dataclass, replace

import torch

from coursekit.quant.formats.affine import quantize
from coursekit.quant.rounding.neighbours import neighbours

STRETCH = 1.1, -0.1  # zeta, gamma: the sigmoid reaches 0 and 1


@dataclass(frozen=True)
class AdaRoundOptions:
    """How long and how hard.

    Args:
        steps: of Adam.
        learning_rate: of Adam.
        weight: of the regulariser, relative to the output error of rounding to nearest.
        warm_up: part of the steps without regulariser, 0 .. 1.
        beta: its exponent, at the beginning and at the end.

    Raises: ValueError when one is out of its range.
    Taught in: 05-cuantizacion
    """

    steps: int = 500
    learning_rate: float = 0.02
    weight: float = 10.0
    warm_up: float = 0.2
    beta: tuple = (20.0, 2.0)

    def __post_init__(self):
        if self.steps < 1 or not self.learning_rate > 0 or self.weight < 0 or not 0 <= self.warm_up <= 1:
            raise ValueError(f"expected steps >= 1, learning_rate > 0, weight >= 0, 0 <= warm_up <= 1, got {self}")


def adaround(weight, calibration, bits, group_size="channel", symmetric=True, options=None):
    """Learn for each weight whether it goes down or up.

        w_hat = s (floor(w / s) + h(V) - zero),    h(V) = clip(1.2 sigmoid(V) - 0.1, 0, 1)
        loss = mean of ((w - w_hat) x)^2 + lambda mean of 1 - |2 h(V) - 1|^beta

    beta falls from 20 to 2: at first only the outputs count, at the end every h is driven to 0 or 1. V begins where
    h(V) is the weight's own place between its neighbours: with no error.

    Args:
        weight: (outputs, C), floating point.
        calibration: a `Calibration` of the layer's inputs.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`.
        options: `AdaRoundOptions`; None = the defaults, far fewer steps than the paper's.

    Returns: an `Affine`. In each row the learned rounding, or the nearest one where that is better.
    Raises: ValueError as `quantize`.

    Source: Nagel et al. 2020 (AdaRound); here learned on the square form of the inputs' moments, layer by layer.
    Taught in: 05-cuantizacion
    """
    calibration.check(weight)
    options = options or AdaRoundOptions()
    nearest = quantize(weight, bits, group_size, symmetric)
    below, above = neighbours(weight, bits, group_size, symmetric)
    low, gap = below.dequantize(), above.dequantize() - below.dequantize()  # (O, C)
    is_up = _learn(
        weight.detach().float(), low, gap, calibration.moments, _error(nearest, weight, calibration), options
    )
    learned = replace(nearest, codes=torch.where(is_up, above.codes, below.codes))
    is_better = _error(learned, weight, calibration) < _error(nearest, weight, calibration)  # (O,)
    return replace(nearest, codes=torch.where(is_better[:, None], learned.codes, nearest.codes))


@torch.enable_grad()
def _learn(weight, low, gap, moments, unit, options):
    """Which weights go up, (O, C) bool."""
    place = torch.where(gap > 0, (weight - low) / gap, 0.5).clamp(0, 1)  # (O, C)
    zeta, gamma = STRETCH
    chosen = torch.logit((place - gamma) / (zeta - gamma)).requires_grad_(True)  # V
    optimizer = torch.optim.Adam([chosen], lr=options.learning_rate)
    for step in range(options.steps):
        h = _rectified(chosen)
        change = low + gap * h - weight
        # in units of the nearest rounding's error: the regulariser weighs the same whatever the inputs' size
        loss = (change @ moments * change).sum() / unit.sum().clamp(min=1e-30)
        progress = step / options.steps
        if progress >= options.warm_up:
            start, stop = options.beta
            beta = stop + (start - stop) * (1 - progress) / (1 - options.warm_up)
            loss = loss + options.weight * (1 - (2 * h - 1).abs() ** beta).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return _rectified(chosen.detach()) >= 0.5


def _rectified(chosen):
    zeta, gamma = STRETCH
    return (chosen.sigmoid() * (zeta - gamma) + gamma).clamp(0, 1)


def _error(affine, weight, calibration):
    """Of each row, (O,)."""
    change = affine.dequantize() - weight.detach().float()
    return (change @ calibration.moments * change).sum(-1)
