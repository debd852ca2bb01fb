"""The router's z-loss: scores that stay small are scores that rounding does not change."""

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def z_loss(logits):
    """The mean squared logarithm of the softmax's denominator.

        loss = 1/N sum_n (log sum_j e^{x_nj})^2

    Args:
        logits: (N, E), floating point.

    Returns: scalar, at least float32.
    Raises: ValueError when scores are not finite.

    Source: Zoph et al. 2022 (ST-MoE), section 3.3, equation 5.
    Taught in: 04-moe
    """
    check_scores(logits)
    (logits,) = at_least_float32(logits)
    return logits.logsumexp(-1).square().mean()
