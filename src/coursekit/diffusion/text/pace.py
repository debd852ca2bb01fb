"""How many guesses to keep in one step. Called `pace(step, steps, scores, generator)`.

    step       0 .. steps - 1 of this block
    scores     (B, T) of the guesses, higher = kept sooner; -inf where nothing is masked
    generator  of the draws

Each returns bool (B, T), True = keep this guess; after the last step nothing is masked.
"""

import torch


def evenly(step, steps, scores, generator=None):
    """The same number in each step: those with the highest scores.

        ceil(masked / steps left)

    Args, Returns: as in `coursekit.diffusion.text.pace`.

    Source: Nie et al. 2025 (LLaDA), section 2.4, and the released code.
    Taught in: 06-difusion
    """
    masked = scores > -torch.inf  # (B, T)
    count = -(-masked.sum(1, keepdim=True) // (steps - step))  # (B, 1)
    return masked & (scores.argsort(dim=1, descending=True, stable=True).argsort(1) < count)


def above(threshold):
    """As many as are sure enough, and at least as many as `evenly` keeps: many where the text is plain, few elsewhere.

        score >= threshold

    Args:
        threshold: of the score, whose unit is that of the rule: a probability for `low_confidence`.

    Returns: a pace.

    Source: Wu et al. 2025 (Fast-dLLM), confidence-aware parallel decoding.
    Taught in: 06-difusion
    """

    def pace(step, steps, scores, generator=None):
        return (scores >= threshold) | evenly(step, steps, scores)

    return pace


def ancestral(schedule):
    """Each one by chance, as the reverse process has it: their number is drawn, and the scores are not read.

        P(keep) = (alpha(s) - alpha(t)) / (1 - alpha(t)),    t = 1 - step / steps, s = t - 1 / steps

    Args:
        schedule: a `Schedule` with alpha(0) = 1.

    Returns: a pace.

    Source: Sahoo et al. 2024 (MDLM), section 3.2.
    Taught in: 06-difusion
    """

    def pace(step, steps, scores, generator=None):
        t, s = (schedule.alpha(torch.tensor(1 - i / steps, dtype=torch.float64)) for i in (step, step + 1))
        kept = torch.rand(scores.shape, generator=generator).to(scores.device) < (s - t) / (1 - t)
        return kept & (scores > -torch.inf)

    return pace
