"""Gaussians as data: the velocity that a perfect model would learn, in closed form."""

import torch


def mixture_velocity(means, spread, weights=None):
    """E[noise - x_0 | x_t = x] where x_0 ~ sum_k w_k N(m_k, spread^2 I).

        x_t | k ~ N((1 - t) m_k, s_t^2 I),   s_t^2 = (1 - t)^2 spread^2 + t^2
        v(x, t) = sum_k P(k | x) [ (t - (1 - t) spread^2) (x - (1 - t) m_k) / s_t^2 - m_k ]

    Args:
        means: (K, D).
        spread: standard deviation of each, >= 0; with 0, only for t above 0.
        weights: (K,), above 0, their sum 1; None = all alike.

    Returns: velocity (x (B, D), t (B,)) -> (B, D).
    Raises: ValueError for a spread below 0 or weights that do not fit.

    Source: Liu et al. 2022, section 2.1 (the velocity is a conditional mean).
    Taught in: 06-difusion
    """
    weights = torch.full((len(means),), 1 / len(means), dtype=means.dtype) if weights is None else weights
    if not spread >= 0 or weights.shape != means.shape[:1] or not (weights > 0).all():
        raise ValueError(f"expected a spread >= 0 and {len(means)} weights > 0, got {spread} and {weights.tolist()}")

    def velocity(x, t):
        t = t[:, None, None]  # (B, 1, 1)
        variance = (1 - t) ** 2 * spread**2 + t**2
        away = x[:, None] - (1 - t) * means  # (B, K, D)
        log_p = weights.log() - (away**2 / (2 * variance)).sum(-1)  # (B, K); s_t is the same for all k
        of_each = (t - (1 - t) * spread**2) * away / variance - means  # (B, K, D)
        return (log_p.softmax(-1)[..., None] * of_each).sum(1)

    return velocity
