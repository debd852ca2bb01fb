"""DeepSeek-V3's complementary loss: balance inside each sequence."""

import torch

from coursekit.layers.full_precision import at_least_float32
from coursekit.moe.finite import check_scores


def sequence_balance_loss(logits, top_k):
    """The loss of each sequence before its factor alpha, and the mean over sequences. Even loads give 1.

        f_i = E / (K T) sum_t [i is among the K largest s_t],   P_i = 1/T sum_t s_ti / sum_j s_tj
        loss = sum_i f_i P_i,   s = Sigmoid(logits)

    Args:
        logits: (B, T, E), floating point.
        top_k: K.

    Returns: scalar, at least float32.
    Raises: ValueError when sizes do not fit, or scores are not finite.

    Source: DeepSeek-AI 2024 (DeepSeek-V3), section 2.1.2, equations 17 to 20.
    Taught in: 04-moe
    """
    if logits.dim() != 3:
        raise ValueError(f"logits: expected (batch, tokens, experts), got {tuple(logits.shape)}")
    check_scores(logits.flatten(0, 1), top_k)
    (logits,) = at_least_float32(logits)
    affinities = logits.sigmoid()  # (B, T, E)
    chosen = torch.zeros_like(affinities).scatter(-1, affinities.topk(top_k, dim=-1).indices, 1.0)
    part = chosen.mean(1) * logits.shape[-1] / top_k  # f (B, E)
    wanted = (affinities / affinities.sum(-1, keepdim=True)).mean(1)  # P (B, E)
    return (part * wanted).sum(-1).mean()
