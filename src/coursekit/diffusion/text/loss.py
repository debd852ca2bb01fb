"""The objective: guess what is hidden; the sum, weighted by time, bounds -log p of the text from above."""

import torch
from torch.nn import functional as F

from coursekit.diffusion.text.checks import check_mask_id
from coursekit.diffusion.text.masking import mask_tokens
from coursekit.diffusion.text.schedules import LINEAR
from coursekit.diffusion.text.times import even_times
from coursekit.layers.full_precision import at_least_float32
from coursekit.packing import IGNORED


def masked_loss(model, inputs, targets, mask_id, schedule=LINEAR, times=even_times, fixed=None):
    """Masked diffusion's bound on the nats a token, from one draw of noise; an objective for `coursekit.train`.

        1/N sum_i weight(t) [z_i = mask] -log q(x_i | z),    z = x with each token hidden with probability 1 - alpha(t)

    Its expectation over t and z is at least -log q(x) / N; divided by log 2 it is a bound in bits. The model is not
    told the time: how much is hidden says it. Options are bound: `objective=partial(masked_loss, mask_id=9)`.

    Args:
        model: (B, T) ids -> logits (B, T, V) that see both ways; called with the mixers' `mask` where there is padding.
        inputs: not read: they are the targets, one place later.
        targets: the clean text, (B, T) integer; IGNORED = padding, which nobody sees and which does not count.
        mask_id: id of the mask, one of the V; the model is never asked for it.
        schedule: a `Schedule`; it changes the variance, not the expectation.
        times: shape, device -> times; one for each text.
        fixed: bool (B, T), True = never hidden nor counted (a prompt, as in supervised fine-tuning); None = none.

    Returns: scalar, nats a token that counts.
    Raises: ValueError when the mask is not in the vocabulary or among the targets, or all places are fixed.

    Source: Sahoo et al. 2024 (MDLM), section 3.4; Nie et al. 2025 (LLaDA), equation 3.
    Taught in: 06-difusion
    """
    real = targets != IGNORED  # (B, T)
    counted = real if fixed is None else real & ~fixed
    t = times(targets.shape[:1], device=targets.device)  # (B,)
    tokens = targets.masked_fill(~real, 0 if mask_id != 0 else 1)  # any token: nobody sees it
    noisy = mask_tokens(tokens, t, mask_id, schedule, fixed=~counted)  # (B, T)
    hidden = noisy == mask_id
    logits = model(noisy) if real.all() else model(noisy, mask=real[:, None, None])  # (B, T, V)
    weights = schedule.weight(t)[:, None].expand_as(hidden)[hidden]  # (n,)
    return (weights * hidden_nats(logits, tokens, hidden, mask_id)).sum() / counted.sum()


def hidden_nats(logits, tokens, hidden, mask_id):
    """-log q of the hidden tokens; the mask itself has no probability.

    Args:
        logits: (B, T, V).
        tokens: (B, T), clean.
        hidden: bool (B, T), n of them True.
        mask_id: id of the mask.

    Returns: (n,), nats, at least float32.
    Raises: ValueError when the mask is not in the vocabulary.

    Source: Sahoo et al. 2024 (MDLM), section 3.2.3.
    Taught in: 06-difusion
    """
    check_mask_id(mask_id, logits.shape[-1])
    (asked,) = at_least_float32(logits[hidden])  # (n, V)
    asked = asked.index_fill(-1, torch.tensor([mask_id], device=asked.device), -torch.inf)
    return F.cross_entropy(asked, tokens[hidden], reduction="none")  # (n,)
