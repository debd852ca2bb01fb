"""Scores must be finite, in every router: the largest of NaN is no choice."""

import torch


@torch.no_grad()
def check_scores(logits, least=1):
    """Scores (N, E) of at least `least` experts, all finite.

    Args:
        logits: to check.
        least: experts, at least.

    Raises: ValueError.
    """
    if logits.dim() != 2 or not logits.is_floating_point():
        raise ValueError(f"logits: expected floating point (tokens, experts), got {logits.dtype} {tuple(logits.shape)}")
    if not 1 <= least <= logits.shape[1]:
        raise ValueError(f"expected from 1 to {logits.shape[1]} experts a token (there are no more), got {least}")
    if not logits.isfinite().all():
        count = int((~logits.isfinite()).sum())
        raise ValueError(f"logits: expected finite numbers, got {count} that are NaN or infinite")
