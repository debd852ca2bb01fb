"""Initial step sizes, as both generations of Mamba draw them."""

from math import log

import torch


def initial_step_bias(size, low=0.001, high=0.1):
    """Biases whose softplus is spread evenly over the orders of magnitude from `low` to `high`.

        softplus(bias) = dt,  log dt ~ U(log low, log high);  bias = dt + log(1 - e^{-dt})

    Without input, a channel then forgets over about 1 / dt tokens: some over ten, some over a thousand.

    Args:
        size: how many.
        low, high: bounds of the step, > 0.

    Returns: (size,), float32.

    Source: Gu & Dao 2023, section 3.6; the code released with it.
    Taught in: 03-mamba
    """
    steps = torch.empty(size).uniform_(log(low), log(high)).exp()  # (size,)
    return steps + (-torch.expm1(-steps)).log()
