"""Switch's auxiliary loss: how often an expert is chosen, times how much it is wanted."""

import torch

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.balance.statistics import expert_load
from coursekit.moe.finite import check_scores


def load_balancing_loss(logits, num_experts, top_k, attention_mask=None):
    """The loss before its factor alpha; the chosen parts f have no gradient, the mean probabilities P do.

        loss = E sum_i f_i P_i,   f_i = tokens that choose i / N,   P_i = mean over tokens of softmax(logits)_i

    Even loads give top_k. That is no lower bound: f = (0.9, 0.1, 0) with P = (0.306, 0.397, 0.297) gives 0.945 < 1.

    Args:
        logits: (N, E), or several layers' in a tuple or list, whose tokens are then counted together.
        num_experts: E.
        top_k: experts a token.
        attention_mask: (N,) or of N numbers in all, 1 = real, 0 = padding, which is left out; None = all are real.

    Returns: scalar, at least float32.
    Raises: ValueError when sizes do not fit, scores are not finite, or no token is real.

    Source: Fedus et al. 2021 (Switch), section 2.2, equations 4 to 6; call: transformers' load_balancing_loss_func.
    Taught in: 04-moe
    """
    layers = logits if isinstance(logits, tuple | list) else (logits,)
    for layer in layers:
        check_scores(layer, top_k)
        if layer.shape[1] != num_experts:
            raise ValueError(f"logits: expected {num_experts} experts, got {tuple(layer.shape)}")
    (scores,) = at_least_float32(torch.cat(tuple(layers)))  # (layers N, E)
    if attention_mask is not None:
        real = attention_mask.flatten().bool().repeat(len(layers))
        if len(real) != len(scores):
            raise ValueError(f"attention_mask: expected {len(scores) // len(layers)} numbers, got {len(real)}")
        scores = scores[real]
    if not len(scores):
        raise ValueError("logits: expected at least one token that is not padding, got none")
    probabilities = scores.softmax(-1)
    load = expert_load(probabilities.topk(top_k, dim=-1).indices, num_experts)  # (E,)
    part = load.to(scores.dtype) / len(scores)  # f (E,)
    return num_experts * (part * probabilities.mean(0)).sum()
