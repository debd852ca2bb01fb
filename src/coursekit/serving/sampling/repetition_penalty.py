"""What was said already scores less."""

import torch


def repetition_penalty(scores, ids, penalty):
    """Move the scores of tokens of the text towards the improbable, each once, however often it was said.

        s_i  ->  s_i / penalty  where s_i > 0,   s_i * penalty  where s_i <= 0;   for i in the text

    The paper divides every score, which would raise those below 0; the second case is what libraries do since.

    Args:
        scores: (B, V).
        ids: the text so far, (B, S), integer; prompt included.
        penalty: >= 1 to avoid repetition; 1 = none; below 1 invites it. Above 0.

    Returns: (B, V).
    Raises: ValueError for a penalty that is not above 0.

    Source: Keskar et al. 2019 (CTRL), section 4.1.
    Taught in: 07-despliegue
    """
    if not penalty > 0:
        raise ValueError(f"repetition_penalty: expected a number > 0, got {penalty!r}")
    said = scores.gather(-1, ids)  # (B, S); a token said twice is written twice with the same value
    said = torch.where(said > 0, said / penalty, said * penalty)
    return scores.scatter(-1, ids, said)
