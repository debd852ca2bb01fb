"""The experts choose their tokens: the load is the same for all, by construction.

Not for a decoder: whether a token is chosen depends on the tokens after it, which a loss then rewards
(Wang et al. 2024, section 5.2). For encoders, where every token sees all others anyway.
"""

import torch

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def route_expert_choice(logits, capacity):
    """Each expert takes the `capacity` tokens that like it best; a token may be taken by many, or by none.

        S = Softmax(X W_g) over the experts;  expert e takes the largest S[:, e], and weighs them by it

    Args:
        logits: (N, E), floating point.
        capacity: tokens an expert, 1 .. N. The paper: N times experts a token on average, over E.

    Returns: weights (N, E), at least float32, 0 where not chosen; indices (N, E), int64, -1 where not chosen.
    Raises: ValueError when capacity is out of its range, or scores are not finite.

    Source: Zhou et al. 2022 (Expert choice routing), section 3.2.
    Taught in: 04-moe
    """
    check_scores(logits)
    N, E = logits.shape
    if not 1 <= capacity <= N:
        raise ValueError(f"capacity: expected from 1 to {N} tokens an expert, got {capacity}")
    (logits,) = at_least_float32(logits)
    affinities = logits.softmax(-1)  # (N, E)
    taken = affinities.topk(capacity, dim=0).indices  # (capacity, E)
    chosen = torch.zeros_like(affinities, dtype=torch.bool).scatter(0, taken, True)  # (N, E)
    indices = torch.arange(E, device=logits.device).expand(N, E).where(chosen, -1)  # (N, E)
    return affinities * chosen, indices
