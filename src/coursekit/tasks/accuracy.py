"""How much of what a task asks a model gets right."""

import torch

from coursekit.packing import IGNORED


@torch.no_grad()
def accuracy(model, batches):
    """The part of the asked targets that are the model's first choice.

        sum [ argmax_v logits_tv = target_t ] / sum [ target_t asked ]

    Args:
        model: ids (B, T) -> logits (B, T, V). Put into evaluation mode meanwhile, then back; the batches are
            moved to its device.
        batches: iterable with an end, of (inputs, targets), both (B, T), integer: cut an endless one by
            `itertools.islice`. Targets of -100 are not asked.

    Returns: 0 .. 1; compare with the task's `chance` and `order_blind`.
    Raises: ValueError when nothing is asked, or a logit is NaN where something is.

    Source: Gu and Dao 2023, section 4.1 (the measure of both synthetic tasks).
    Taught in: 02-transformer
    """
    was_training = model.training
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    hits = asked = 0
    try:
        for inputs, targets in batches:
            logits = model(inputs.to(device)).cpu()  # (B, T, V)
            here = targets != IGNORED
            chosen = logits[here]  # (asked, V)
            if chosen.isnan().any():
                raise ValueError("logits: expected numbers, got NaN; the model has diverged")
            hits += int((chosen.argmax(-1) == targets[here]).sum())
            asked += int(here.sum())
    finally:
        model.train(was_training)
    if not asked:
        raise ValueError("batches: expected at least one target that is asked, got none")
    return hits / asked
