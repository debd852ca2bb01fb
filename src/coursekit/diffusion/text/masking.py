"""The forward process: each token is hidden, or not, on its own."""

import torch

from coursekit.diffusion.text.checks import check_mask_id, check_tokens
from coursekit.diffusion.text.schedules import LINEAR


def mask_tokens(tokens, t, mask_id, schedule=LINEAR, generator=None, fixed=None):
    """Hide each token with the probability of its time.

        q(z_i = mask | x_i) = 1 - alpha(t),   q(z_i = x_i | x_i) = alpha(t)

    Args:
        tokens: (B, T), integer, none of them the mask.
        t: times in 0 .. 1, (B,), or (B, T) where they differ within a text.
        mask_id: id of the mask.
        schedule: a `Schedule`.
        generator: of the draws, on the CPU, so that every device draws alike; None = torch's own.
        fixed: bool (B, T), True = never hidden (a prompt); None = none.

    Returns: (B, T), integer.
    Raises: ValueError when tokens hold the mask, or all of them are fixed, or shapes or times do not fit.

    Source: Sahoo et al. 2024 (MDLM), section 3.1; Nie et al. 2025 (LLaDA), section 2.2.
    Taught in: 06-difusion
    """
    check_tokens(tokens, "tokens")
    check_mask_id(mask_id)
    if (tokens == mask_id).any():
        raise ValueError(f"tokens: expected clean ones, got the mask ({mask_id}) among them")
    if t.shape not in (tokens.shape[:1], tokens.shape) or not ((t >= 0) & (t <= 1)).all():
        raise ValueError(f"t: expected times from 0 to 1, one a text or one a token, got shape {tuple(t.shape)}: {t}")
    if fixed is not None and fixed.all():
        raise ValueError(f"fixed: expected places that may be hidden, got all {fixed.numel()} fixed")
    kept = schedule.alpha(t if t.dim() == 2 else t[:, None])  # (B, T) or (B, 1)
    hidden = torch.rand(tokens.shape, generator=generator).to(tokens.device) >= kept  # (B, T)
    return tokens.masked_fill(hidden if fixed is None else hidden & ~fixed, mask_id)
