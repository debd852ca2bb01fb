"""Each expert's own affinity, and a bias that counts in the choice and not in the weight: DeepSeek-V3's gate."""

import torch

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def route_sigmoid(logits, k, bias=None, groups=1, kept_groups=1, normalise=True, scale=1.0):
    """The k best by affinity plus bias, out of the best groups; their weights come from the affinities alone.

        s_i = Sigmoid(u . e_i);  chosen: the k largest s_i + b_i;  g_i = scale s_i / sum of the chosen s_j

    A group is judged by the sum of its two best s_i + b_i, and `kept_groups` of them are in the choice.

    Args:
        logits: (N, E), floating point: u . e_i.
        k: experts a token, 1 .. those of the kept groups.
        bias: b (E,), or None.
        groups, kept_groups: in how many equal parts the experts stand, and how many of these a token may visit.
        normalise: divide by the sum of the chosen affinities?
        scale: of all weights.

    Returns: weights (N, k), at least float32; indices (N, k), int64, the best first.
    Raises: ValueError when sizes do not fit, or scores or biases are not finite.

    Source: DeepSeek-AI 2024 (DeepSeek-V3), section 2.1.2, equations 13 to 16; scale: the released configuration.
    Taught in: 04-moe
    """
    check_scores(logits, k)
    (logits,) = at_least_float32(logits)
    affinities = logits.sigmoid()  # (N, E)
    choice = affinities.detach()
    if bias is not None:
        _check_bias(bias, logits.shape[1])
        choice = choice + bias.detach()
    if groups > 1:
        choice = _within_best_groups(choice, k, groups, kept_groups)
    indices = choice.topk(k, dim=-1).indices  # (N, k)
    weights = affinities.gather(1, indices)  # (N, k)
    if normalise:
        # the smallest number above 0 keeps 0 / 0 away, where all chosen affinities underflow
        weights = weights / (weights.sum(-1, keepdim=True) + torch.finfo(weights.dtype).tiny)
    return weights * scale, indices


def _check_bias(bias, experts):
    if bias.shape != (experts,) or not bias.isfinite().all():
        raise ValueError(f"bias: expected {experts} finite numbers, got {bias.dtype} {tuple(bias.shape)}: {bias}")


def _within_best_groups(choice, k, groups, kept_groups):
    """-inf for the experts of all other groups: (N, E)."""
    experts = choice.shape[1]
    if experts % groups or not 1 <= kept_groups <= groups or k > kept_groups * (experts // groups):
        raise ValueError(
            f"expected groups that divide {experts} experts, kept ones among them, and k = {k} experts inside these, "
            f"got {groups} groups and {kept_groups} kept"
        )
    by_group = choice.unflatten(1, (groups, -1))  # (N, groups, E / groups)
    scores = by_group.topk(min(2, by_group.shape[-1]), dim=-1).values.sum(-1)  # (N, groups)
    left = torch.ones_like(scores, dtype=torch.bool).scatter(1, scores.topk(kept_groups, dim=-1).indices, False)
    return by_group.masked_fill(left[..., None], -torch.inf).flatten(1)  # (N, E)
