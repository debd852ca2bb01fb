"""Schedules: how likely a token is still to be seen, from 1 (clean) at t = 0 to 0 (all masked) at t = 1."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import torch


@dataclass(frozen=True)
class Schedule:
    """The probability alpha(t) that a token is not yet masked, and how fast it falls.

        weight(t) = -alpha'(t) / (1 - alpha(t))        of the cross-entropy of what is masked, in the bound

    Args:
        alpha: times in 0 .. 1, a tensor -> probabilities.
        slope: its derivative.

    Source: Sahoo et al. 2024 (MDLM), section 3.
    Taught in: 06-difusion
    """

    alpha: Callable
    slope: Callable

    def weight(self, t):
        """-alpha'(t) / (1 - alpha(t)), infinite at t = 0, where nothing is masked."""
        return -self.slope(t) / (1 - self.alpha(t))


# LLaDA's. MDLM and SEDD call it log-linear: they describe -log alpha. Its weight is 1 / t.
LINEAR = Schedule(lambda t: 1 - t, lambda t: -torch.ones_like(t))
# That of Shi et al. 2024 (MD4): the masked share is MaskGIT's cos(pi/2 r), r = 1 - t. More masked than in LINEAR.
COSINE = Schedule(
    lambda t: 1 - (pi / 2 * (1 - t)).cos(),
    lambda t: -pi / 2 * (pi / 2 * (1 - t)).sin(),
)


def log_linear(rest=1e-3):
    """The schedule of SEDD and MDLM as they run it: -log alpha(t) = -log(1 - (1 - rest) t).

    It ends with a little left over: alpha(1) = rest. Its bound lacks what that part of the tokens costs.

    Args:
        rest: the part that is never masked, 0 .. 1.

    Returns: a `Schedule`.
    Raises: ValueError when rest is out of its range.

    Source: Lou et al. 2024 (SEDD), log-linear noise, and the released code.
    Taught in: 06-difusion
    """
    if not 0 <= rest < 1:
        raise ValueError(f"rest: expected a part from 0 to less than 1, got {rest}")
    return Schedule(lambda t: 1 - (1 - rest) * t, lambda t: torch.full_like(t, rest - 1))
