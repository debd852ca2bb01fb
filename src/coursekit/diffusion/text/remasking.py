"""Which guesses to keep: a score for each guess; the others are masked again. Called `rule(log_q, guesses, generator)`.

    log_q      (B, T, V), log-probabilities of every token at every place
    guesses    (B, T), the tokens drawn from them
    generator  of the draws

Each returns (B, T); the highest are kept.
"""

import torch


def random_order(log_q, guesses, generator):
    """Any of them alike: the order that the bound was trained for.

        score ~ U(0, 1)

    Args, Returns: as in `coursekit.diffusion.text.remasking`.

    Source: Nie et al. 2025 (LLaDA), section 2.4 (random remasking).
    Taught in: 06-difusion
    """
    return torch.rand(guesses.shape, generator=generator).to(guesses.device)


def low_confidence(log_q, guesses, generator=None):
    """Keep the guesses that are most probable: those of low confidence are masked again.

        score = q(guess)

    Args, Returns: as in `coursekit.diffusion.text.remasking`.

    Source: Nie et al. 2025 (LLaDA), section 2.4; Chang et al. 2022 (MaskGIT), section 3.2.
    Taught in: 06-difusion
    """
    return log_q.gather(-1, guesses[..., None])[..., 0].exp()


def margin(log_q, guesses, generator=None):
    """Keep where the best token leads the second best by most.

        score = q_(1) - q_(2)

    Args, Returns: as in `coursekit.diffusion.text.remasking`.

    Source: Kim et al. 2025 (Train for the Worst, Plan for the Best), top probability margin.
    Taught in: 06-difusion
    """
    best, second = log_q.topk(2, dim=-1).values.exp().unbind(-1)  # (B, T) twice
    return best - second


def entropy(log_q, guesses, generator=None):
    """Keep where the model hesitates least.

        score = sum_v q_v log q_v = -H(q)

    Args, Returns: as in `coursekit.diffusion.text.remasking`; nats, at most 0.

    Source: Ye et al. 2025 (Dream 7B), the released code's order `entropy`.
    Taught in: 06-difusion
    """
    return -torch.special.entr(log_q.exp()).sum(-1)
