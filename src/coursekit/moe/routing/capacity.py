"""Places at each expert: static shapes need a largest number of tokens, and who comes too late is dropped."""

from math import ceil, inf

import torch

NONE = -1  # in place of an expert's number: nobody works here


def expert_capacity(tokens, experts, factor, k=1):
    """Places at each expert.

        capacity = k tokens / experts * factor, up to a whole number

    Args:
        tokens, experts: N and E.
        factor: capacity factor; 1 = just enough if the load were perfectly even.
        k: experts a token.

    Returns: a whole number >= 1.
    Raises: ValueError when one is not above 0, or the factor is not finite.

    Source: Fedus et al. 2021 (Switch), section 2.2, equation 3 (k = 1).
    Taught in: 04-moe
    """
    if min(tokens, experts, k) < 1 or not 0 < factor < inf:
        raise ValueError(
            f"expected tokens, experts and k >= 1 and a finite factor > 0, got {tokens}, {experts}, {k} and {factor}"
        )
    return max(1, ceil(round(k * tokens * factor / experts, 9)))  # 1.1 * 10 is 11, not 11.000000000000002


def drop_overflow(weights, indices, num_experts, capacity):
    """Leave each expert its first `capacity` tokens: all first choices in the tokens' order, then all second ones...

    A dropped pair counts nothing: weight 0, expert -1. The token then goes on along the residual stream alone. Weights
    of what is kept stay as they are. With k > 1 a token's second choice may lose its place to a later token's first:
    with dropping, what a token gets may depend on the future.

    Args:
        weights, indices: (N, k), from a router.
        num_experts: E.
        capacity: places an expert, >= 1.

    Returns: weights, indices: (N, k), the same with the dropped pairs taken out.
    Raises: ValueError when capacity < 1.

    Source: Fedus et al. 2021 (Switch), section 2.2, figure 3; the order for k > 1: Lepikhin et al. 2020 (GShard),
        algorithm 1.
    Taught in: 04-moe
    """
    if capacity < 1:
        raise ValueError(f"capacity: expected at least 1 token an expert, got {capacity}")
    N, k = indices.shape
    in_order = indices.T.flatten()  # (k N,): first choices first
    chosen = in_order[:, None] == torch.arange(num_experts, device=indices.device)  # (k N, E)
    place = (chosen.cumsum(0) * chosen).sum(-1)  # (k N,): from 1 on; 0 for nobody
    kept = (place <= capacity).view(k, N).T & (indices != NONE)  # (N, k)
    return weights * kept, indices.where(kept, NONE)
