"""Only the nucleus: the fewest tokens that together hold a share p of the probability."""

from math import inf


def top_p(scores, p):
    """Put out all tokens but the most probable ones whose probabilities first add up to p.

        keep i  where  sum_{j before i} P_j < p,  tokens in order of falling probability

    The most probable token always stays.

    Args:
        scores: (B, V), the temperature already applied: P = softmax(scores).
        p: 0 < p <= 1; 1 = all tokens.

    Returns: (B, V), -inf = out.
    Raises: ValueError for another p.

    Source: Holtzman et al. 2020, section 3.1, equation 2.
    Taught in: 07-despliegue
    """
    if not 0 < p <= 1:
        raise ValueError(f"top_p: expected a number above 0 and at most 1, got {p!r}")
    if p == 1:
        return scores
    ordered, where = scores.sort(dim=-1, descending=True)  # (B, V) twice
    probabilities = ordered.softmax(-1)
    before = probabilities.cumsum(-1) - probabilities  # (B, V)
    out = (before >= p).scatter(-1, where, before >= p)  # in the order of the vocabulary
    return scores.masked_fill(out, -inf)
