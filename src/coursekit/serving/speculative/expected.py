"""How many tokens a call of the model brings."""


def acceptance(p, q):
    """The probability that a proposal stands.

        alpha = sum_x min(p(x), q(x))

    Args: p, q: (..., V), rows add up to 1.
    Returns: (...).

    Source: Leviathan et al. 2022, corollary 3.6 (there its mean over the text).
    Taught in: 07-despliegue
    """
    return p.minimum(q).sum(-1)


def expected_tokens(alpha, n):
    """Tokens of a call with n proposals, each of which stands with probability alpha whatever the others do.

        (1 - alpha^(n+1)) / (1 - alpha);   n + 1 where alpha = 1

    Args: alpha: 0 <= alpha <= 1; n: >= 0.
    Returns: float, 1 .. n + 1.
    Raises: ValueError for numbers out of their range.

    Source: Leviathan et al. 2022, equation 1.
    Taught in: 07-despliegue
    """
    if not 0 <= alpha <= 1 or n < 0:
        raise ValueError(f"expected 0 <= alpha <= 1 and n >= 0, got {alpha!r} and {n!r}")
    return float(n + 1) if alpha == 1 else (1 - alpha ** (n + 1)) / (1 - alpha)
