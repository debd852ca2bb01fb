"""A thermostat in place of a loss: each expert's bias, which counts in the choice only, follows its load."""

import torch


@torch.no_grad()
def update_bias(bias, load, speed=0.001):
    """Raise the bias of the experts with less than the mean load by `speed`, lower that of those with more.

        b_i <- b_i + speed sign(mean load - load_i)

    Args:
        bias: (E,), floating point; changed in place.
        load: (E,): tokens of each expert in the last step.
        speed: gamma, the step.

    Returns: the bias.
    Raises: ValueError when the sizes differ, or speed is below 0.

    Source: DeepSeek-AI 2024 (DeepSeek-V3), section 2.1.2, after equation 16; Wang et al. 2024, algorithm 1.
    Taught in: 04-moe
    """
    if bias.shape != load.shape or not speed >= 0:
        raise ValueError(
            f"expected a load for each bias and a speed >= 0, got {tuple(load.shape)} for {tuple(bias.shape)}, {speed}"
        )
    load = load.to(torch.float64)  # whole numbers, exactly
    return bias.add_(speed * (load.mean() - load).sign().to(bias.dtype))
