"""How many sequences a model gets right from their first answer to their last."""

import torch

from coursekit.packing import IGNORED


@torch.no_grad()
def whole_accuracy(model, batches):
    """The part of the sequences of which every asked target is the model's first choice.

        1/N sum over sequences [ argmax_v logits_tv = target_t for all asked t ]

    Where a target is read as the next input, such a sequence is what the model says by itself, too, choosing the
    likeliest word each time.

    Args:
        model: ids (B, T) -> logits (B, T, V). Put into evaluation mode meanwhile, then back.
        batches: iterable with an end, of (inputs, targets), both (B, T), integer; targets of -100 are not asked.

    Returns: 0 .. 1.
    Raises: ValueError when there is no sequence, or a logit is NaN where something is asked.

    Source: Bahdanau et al. 2014, figure 2 (a measure of whole sentences, against their length; theirs is BLEU).
    Taught in: 01-historia
    """
    was_training = model.training
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    hits = sequences = 0
    try:
        for inputs, targets in batches:
            logits = model(inputs.to(device)).cpu()  # (B, T, V)
            is_ignored = targets == IGNORED
            if logits[~is_ignored].isnan().any():
                raise ValueError("logits: expected numbers, got NaN; the model has diverged")
            hits += int(((logits.argmax(-1) == targets) | is_ignored).all(-1).sum())
            sequences += len(inputs)
    finally:
        model.train(was_training)
    if not sequences:
        raise ValueError("batches: expected at least one sequence, got none")
    return hits / sequences
