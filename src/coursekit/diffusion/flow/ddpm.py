"""DDPM: noise is added in many small steps, and each is taken back by chance. A reference, to compare with."""

import torch


def signal_left(steps=1000, first=1e-4, last=0.02):
    """How much of the variance is still the image's after each step.

        alpha_bar_n = prod_{i <= n} (1 - beta_i),   beta from `first` to `last` in a straight line

    Args:
        steps: at least 1. first, last: beta, 0 .. 1.

    Returns: (steps,) float64, falling.
    Raises: ValueError when an argument is out of its range.

    Source: Ho et al. 2020 (DDPM), section 2, equation 4, and section 4 (the numbers).
    Taught in: 06-difusion
    """
    if type(steps) is not int or steps < 1 or not 0 < first <= last < 1:
        raise ValueError(f"expected steps >= 1 and 0 < first <= last < 1, got {steps!r}, {first} and {last}")
    return (1 - torch.linspace(first, last, steps, dtype=torch.float64)).cumprod(0)


def add_noise(x, noise, left):
    """The image after some steps, at once.

        x_n = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise

    Args: x, noise: (B, ...). left: alpha_bar of each, (B,).

    Returns: (B, ...).

    Source: Ho et al. 2020, equation 4.
    Taught in: 06-difusion
    """
    left = left.to(x.dtype).view(-1, *[1] * (x.dim() - 1))
    return left.sqrt() * x + (1 - left).sqrt() * noise


def noise_loss(model, inputs, targets, left=None):
    """The mean square of what a model misses of the noise; an objective for `coursekit.train`.

        mean |model(x_n, n, condition) - noise|^2,   n uniform

    Args:
        model: (x (B, ...), n (B,) integer, condition) -> (B, ...).
        inputs: the condition. targets: the images, (B, ...).
        left: from `signal_left`; None = its defaults.

    Returns: scalar.

    Source: Ho et al. 2020, equation 14.
    Taught in: 06-difusion
    """
    left = signal_left() if left is None else left
    n, noise = torch.randint(len(left), targets.shape[:1]), torch.randn_like(targets)  # (B,), (B, ...)
    noisy = add_noise(targets, noise, left[n].to(targets.device))
    return (model(noisy, n.to(targets.device), inputs) - noise).square().mean()


def ddpm_step(x, predicted, n, left, generator=None):
    """One step back: most of the predicted noise is taken away, and a little fresh noise added (none at last).

        mean = (x - beta_n / sqrt(1 - alpha_bar_n) predicted) / sqrt(alpha_n)
        variance = beta_n (1 - alpha_bar_(n-1)) / (1 - alpha_bar_n)

    Args:
        x: (B, ...), after step n. predicted: the noise in it, (B, ...).
        n: 0 .. steps - 1. left: from `signal_left`.
        generator: of the fresh noise; None = torch's own.

    Returns: (B, ...), after step n - 1.

    Source: Ho et al. 2020, algorithm 2 and equation 7.
    Taught in: 06-difusion
    """
    now, before = left[n].item(), left[n - 1].item() if n else 1.0
    beta = 1 - now / before
    mean = (x - beta / (1 - now) ** 0.5 * predicted) / (1 - beta) ** 0.5
    fresh = torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    return mean + (beta * (1 - before) / (1 - now)) ** 0.5 * fresh
