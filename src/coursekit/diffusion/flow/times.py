"""Times of flows: where to train, and where to step."""

from math import exp

import torch


def logit_normal_times(shape, generator=None, device=None, mean=0.0, spread=1.0):
    """Times for training, most of them in the middle, where the answer is hardest.

        t = sigmoid(u),   u ~ N(mean, spread^2)

    Args:
        shape: of the times. generator: of the draws, None = torch's own. device: of the result.

    Returns: float32 in 0 .. 1.

    Source: Esser et al. 2024 (SD3), section 3.1, equation 19.
    Taught in: 06-difusion
    """
    return torch.sigmoid(mean + spread * torch.randn(shape, generator=generator)).to(device)


def uniform_times(shape, generator=None, device=None):
    """Times for training, all alike. Args, Returns: as in `logit_normal_times`."""
    return torch.rand(shape, generator=generator).to(device)


def shifted(t, mu):
    """The same times, moved towards noise: of a large image much remains to be seen at a noise that hides a small one.

        t' = a t / (1 + (a - 1) t),   a = e^mu

    Args:
        t: 0 .. 1, a tensor. mu: 0 leaves them as they are.

    Returns: 0 .. 1, ends kept.

    Source: Esser et al. 2024 (SD3), equation 23; FLUX.1's code, `time_shift`, has a = e^mu.
    Taught in: 06-difusion
    """
    return exp(mu) * t / (1 + (exp(mu) - 1) * t)


def flux_shift(tokens, low=(256, 0.5), high=(4096, 1.15)):
    """mu by the number of the image's tokens: a straight line through two points. FLUX.1 [schnell] has none.

        mu = 0.5 + (tokens - 256) (1.15 - 0.5) / (4096 - 256)

    Args:
        tokens: of the packed image, >= 1.
        low, high: (tokens, mu).

    Returns: float.
    Raises: ValueError when tokens is below 1.

    Source: FLUX.1's code, `get_schedule` and `get_lin_function`.
    Taught in: 06-difusion
    """
    if not tokens >= 1:
        raise ValueError(f"tokens: expected at least 1, got {tokens}")
    return low[1] + (tokens - low[0]) * (high[1] - low[1]) / (high[0] - low[0])


def flow_times(steps, mu=0.0):
    """The times of a sampler, from noise to data, evenly spread and then shifted.

        shifted(1, 1 - 1/steps, ..., 0)

    Args:
        steps: at least 1. mu: of `shifted`.

    Returns: (steps + 1,) float64, from 1 down to 0.
    Raises: ValueError when steps is no whole number >= 1.

    Source: FLUX.1's code, `get_schedule`.
    Taught in: 06-difusion
    """
    if type(steps) is not int or steps < 1:
        raise ValueError(f"steps: expected a whole number >= 1, got {steps!r}")
    return shifted(torch.linspace(1, 0, steps + 1, dtype=torch.float64), mu)
