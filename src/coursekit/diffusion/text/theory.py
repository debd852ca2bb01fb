"""What refining in few steps costs a perfect denoiser, in nats, exactly. No training, no luck.

    g(k) = mean over all sets S of k places of  sum_{i not in S} H(X_i | X_S),    k = 0 .. L - 1

Everything here is a weighted sum of these L numbers. g(0) is the sum of the marginal entropies.
"""

from itertools import combinations
from math import comb

import torch

from coursekit.diffusion.text.checks import check_whole
from coursekit.diffusion.text.schedules import LINEAR


def mean_gains(sequences, probabilities):
    """g(k): what all hidden tokens cost together, each guessed on its own, when any k places are seen.

    Args:
        sequences: (N, L) integer, all that can occur, none twice; 2^L sets are summed over: L up to about 12.
        probabilities: (N,), their sum 1.

    Returns: g: (L,) float64, nats.
    Taught in: 06-difusion
    """
    length, p = sequences.shape[1], probabilities.double()
    sets = [places for size in range(length + 1) for places in combinations(range(length), size)]
    H = {places: _entropy(sequences[:, list(places)], p) for places in sets}
    gains = [[] for _ in range(length)]
    for seen in sets[:-1]:
        others = (tuple(sorted({*seen, i})) for i in range(length) if i not in seen)
        gains[len(seen)].append(sum(H[more] - H[seen] for more in others))
    return torch.tensor([sum(gain) / len(gain) for gain in gains], dtype=torch.float64)


def entropy_of(probabilities):
    """H = -sum p log p, nats. probabilities: (N,), their sum 1."""
    return torch.special.entr(probabilities.double()).sum().item()


def nelbo(gains, steps, schedule=LINEAR):
    """The bound of the perfect denoiser when time goes in so many equal steps.

        sum_t (alpha(s) - alpha(t)) / (1 - alpha(t)) sum_k C(L, k) alpha(t)^k (1 - alpha(t))^(L - k) g(k)
        t = 1/T .. 1,   s = t - 1/T

    One step: the sum of the marginal entropies. In the limit of many: the entropy itself, whatever the schedule.

    Args:
        gains: (L,), from `mean_gains`.
        steps: T, at least 1.
        schedule: a `Schedule` with alpha(0) = 1 and alpha(1) = 0.

    Returns: float, nats.
    Raises: ValueError when steps is no whole number >= 1.

    Source: Sahoo et al. 2024 (MDLM), section 3.3 (finite times), 3.4 (the limit).
    Taught in: 06-difusion
    """
    check_whole("steps", steps)
    length, k = len(gains), torch.arange(len(gains))  # (L,)
    choices = torch.tensor([comb(length, i) for i in range(length)], dtype=torch.float64)
    alpha = schedule.alpha(torch.arange(steps + 1, dtype=torch.float64) / steps).clamp(0, 1)  # (T + 1,)
    s, t = alpha[:-1, None], alpha[1:, None]  # (T, 1) twice
    return ((s - t) / (1 - t) * choices * t**k * (1 - t) ** (length - k) * gains).sum().item()


def parallel_divergence(gains, entropy, steps):
    """How far a perfect denoiser that fills several places at once strays from the truth, over all orders of places.

        E_order KL(p || p_K) = sum_j c_j / (L - m_j) g(m_j) - H

    c_j places are filled in step j, when m_j are seen: as many in each as `evenly` has it. One place a step: 0. All at
    once: the sum of the marginal entropies less H, the total correlation.

    Args:
        gains: (L,), from `mean_gains`.
        entropy: H of the whole, nats.
        steps: K, 1 .. L.

    Returns: float, nats, never negative.
    Raises: ValueError when steps is out of its range.
    Taught in: 06-difusion
    """
    check_whole("steps", steps)
    length, seen, cost = len(gains), 0, 0.0
    if steps > length:
        raise ValueError(f"steps: expected 1 to {length}, the places, got {steps}")
    for step in range(steps):
        filled = -(-(length - seen) // (steps - step))
        cost += filled / (length - seen) * gains[seen].item()
        seen += filled
    return cost - entropy


def independent_filling(sequences, probabilities):
    """What happens when all places are filled at once, each from its own true distribution.

        share = sum_n prod_i p_i(x_ni),    extra = sum_i H(X_i) - H(X)

    Args: as in `mean_gains`, of any length.

    Returns: share of the fillings that can occur at all, and extra nats (the total correlation).
    Taught in: 06-difusion
    """
    p, share, marginal = probabilities.double(), torch.ones(len(probabilities), dtype=torch.float64), 0.0
    for tokens in sequences.T:
        _, kind = tokens.unique(return_inverse=True)
        of_kind = torch.zeros(int(kind.max()) + 1, dtype=torch.float64).index_add_(0, kind, p)
        share, marginal = share * of_kind[kind], marginal + entropy_of(of_kind)
    return share.sum().item(), marginal - entropy_of(p)


def _entropy(columns, p):
    """H of some of the places: columns (N, k), p (N,); nats."""
    if not columns.shape[1]:
        return 0.0
    _, kind = columns.unique(dim=0, return_inverse=True)
    return entropy_of(torch.zeros(int(kind.max()) + 1, dtype=torch.float64).index_add_(0, kind, p))
