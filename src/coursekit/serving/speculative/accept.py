"""Which proposed tokens stand. The result is distributed as if the model had drawn every token itself."""

import torch


def residual(p, q):
    """What is left of p where q proposed too little: the distribution after a rejection.

        norm(max(0, p - q))

    Args: p, q: (V,).
    Returns: (V,), adds up to 1.
    """
    left = (p - q).clamp(min=0)
    return left / left.sum() if left.sum() > 0 else p  # p = q is never rejected but for rounding


def accept(p, q, proposed, generator, correction=residual):
    """Keep a beginning of the proposals, and draw one token more.

    1. Keep proposal x_i with probability min(1, p_i(x_i) / q_i(x_i)); stop at the first that is not kept.
    2. Instead of that one draw from norm(max(0, p_i - q_i)).
    3. If all are kept draw one more from p_{n+1}: the call of the model has given it anyway.

    A token x comes out with min(p, q)(x) + (1 - sum min(p, q)) norm(max(0, p - q))(x) = p(x).

    Args:
        p: the model's probabilities at the n proposals and after the last, (n + 1, V).
        q: the draft's, from which the proposals were drawn, (n, V).
        proposed: list of n ids.
        generator: a `torch.Generator` of the CPU.
        correction: (p_i, q_i) -> what is drawn from after a rejection; another one loses the model's distribution.

    Returns: list of 1 to n + 1 ids.

    Source: Leviathan et al. 2022, algorithm 1; appendix A.1 for the proof.
    Taught in: 07-despliegue
    """
    kept = []
    for i, token in enumerate(proposed):
        if torch.rand((), generator=generator, dtype=p.dtype) * q[i, token] >= p[i, token]:
            return [*kept, _drawn(correction(p[i], q[i]), generator)]
        kept.append(token)
    return [*kept, _drawn(p[-1], generator)]


def _drawn(probabilities, generator):
    return torch.multinomial(probabilities, 1, generator=generator).item()
