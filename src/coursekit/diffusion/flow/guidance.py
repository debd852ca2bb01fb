"""Guidance without a classifier: further in the direction in which the condition changes the answer."""

import torch


def guided(model, condition, null, scale):
    """A velocity that exaggerates what the condition does.

        v = v_null + scale (v_condition - v_null)          scale 1: the condition alone; 0: none

    Both are asked for in one call, as a batch of twice the size; with scale 1 only one is.

    Args:
        model: (x (B, ...), t (B,), condition (B, ...)) -> (B, ...).
        condition: (B, ...).
        null: what the model was trained to take for no condition; broadcasts to `condition`. None only with scale 1.
        scale: >= 0.

    Returns: velocity (x, t) -> (B, ...), for a sampler.
    Raises: ValueError for a scale below 0, or one other than 1 without a null condition.

    Source: Ho and Salimans 2022, equation 6 (their w is scale - 1).
    Taught in: 06-difusion
    """
    if not scale >= 0:
        raise ValueError(f"scale: expected a number >= 0, got {scale}")
    if scale == 1:
        return lambda x, t: model(x, t, condition)
    if null is None:
        raise ValueError(f"null: expected a null condition for guidance (scale {scale}), got None")
    nothing = torch.as_tensor(null, dtype=condition.dtype, device=condition.device).expand_as(condition)
    both = torch.cat([condition, nothing])

    def velocity(x, t):
        with_condition, without = model(torch.cat([x, x]), torch.cat([t, t]), both).chunk(2)
        return without + scale * (with_condition - without)

    return velocity
