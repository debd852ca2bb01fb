"""Softmax over all experts, then the k best with what they have: Switch's gate for k = 1."""

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def route_softmax_first(logits, k=1):
    """The k largest probabilities, as they are: a row sums to less than 1.

        p = Softmax(x W_r);  weights p_i(x) for the k largest

    With k = 1 the weight must stay below 1: divided by itself it would be 1, and the router would learn nothing.

    Args:
        logits: (N, E), floating point.
        k: experts a token, 1 .. E.

    Returns: weights (N, k), at least float32; indices (N, k), int64, the best first.
    Raises: ValueError when k is out of its range, or scores are not finite.

    Source: Fedus et al. 2021 (Switch), section 2.1, equations 1 and 2.
    Taught in: 04-moe
    """
    check_scores(logits, k)
    (logits,) = at_least_float32(logits)
    return tuple(logits.softmax(-1).topk(k, dim=-1))  # (N, k) twice
