"""The k best experts share a token by the softmax of their scores: Mixtral's gate."""

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def route_top_k(logits, k):
    """The k largest scores, and the softmax over these alone.

        G(x) = Softmax(TopK(x W_g))

    The same as the softmax over all experts, its k largest, divided by their sum; not the same without the division.

    Args:
        logits: (N, E), floating point: x W_g.
        k: experts a token, 1 .. E.

    Returns: weights (N, k), at least float32, each row sums to 1; indices (N, k), int64, the best first.
    Raises: ValueError when k is out of its range, or scores are not finite.

    Source: Jiang et al. 2024 (Mixtral), section 2.1.
    Taught in: 04-moe
    """
    check_scores(logits, k)
    (logits,) = at_least_float32(logits)
    best, indices = logits.topk(k, dim=-1)  # (N, k) twice
    return best.softmax(-1), indices
