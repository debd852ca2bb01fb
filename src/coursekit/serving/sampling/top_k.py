"""Only the k most probable tokens."""

from math import inf
from numbers import Integral


def top_k(scores, k):
    """Put out all tokens but the k with the highest scores; those that tie with the k-th stay.

    Args:
        scores: (B, V).
        k: >= 1; from V on nothing changes.

    Returns: (B, V), -inf = out.
    Raises: ValueError when k is not a whole number >= 1.

    Source: Fan et al. 2018 (Hierarchical Neural Story Generation), section 5.4.
    Taught in: 07-despliegue
    """
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
        raise ValueError(f"top_k: expected a whole number >= 1, got {k!r}")
    lowest = scores.topk(min(k, scores.shape[-1]), dim=-1).values[..., -1:]  # (B, 1)
    return scores.masked_fill(scores < lowest, -inf)
