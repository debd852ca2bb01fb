"""Only tokens that are not hopeless beside the most probable one."""

from math import inf, log


def min_p(scores, p):
    """Put out tokens less than p times as probable as the most probable one.

        keep i  where  P_i >= p max_j P_j,  that is  s_i >= max_j s_j + log p

    Where the model is sure few tokens stay, where it is not, many.

    Args:
        scores: (B, V), the temperature already applied.
        p: 0 <= p <= 1; 0 = all tokens.

    Returns: (B, V), -inf = out.
    Raises: ValueError for another p.

    Source: Nguyen et al. 2024 (Turning Up the Heat: min-p sampling).
    Taught in: 07-despliegue
    """
    if not 0 <= p <= 1:
        raise ValueError(f"min_p: expected a number from 0 to 1, got {p!r}")
    if p == 0:
        return scores
    return scores.masked_fill(scores < scores.amax(-1, keepdim=True) + log(p), -inf)
