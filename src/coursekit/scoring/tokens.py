"""The bits of every single token, for what looks closer than at whole stories: a mixture, a kind of word."""

from math import log

import torch

from coursekit.packing import to_batch


@torch.no_grad()
def token_log2_probabilities(model, stories, corpus, batch=64):
    """log2 q(token | END, the tokens before it) of each token of each story.

    A mixture of two models is then log2(w 2^a + (1 - w) 2^b), token by token, with a of one and b of the other (n-gram
    models have a method of this name).

    Args: as in `coursekit.scoring.excess_bits`.

    Returns: list of float64 arrays, (tokens,), bits (negative), in the stories' order.
    Taught in: 01-historia
    """
    was_training = model.training
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    order = sorted(range(len(stories)), key=lambda i: len(stories[i]))
    scores = [None] * len(stories)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        rows = [corpus.encode(stories[i]) for i in chosen]
        inputs, targets = to_batch(rows, max(map(len, rows)))  # (B, T) twice
        log_q = model(inputs.to(device)).cpu().double().log_softmax(-1)  # (B, T, V), nats
        picked = log_q.gather(-1, targets.clamp(min=0)[..., None])[..., 0] / log(2)  # (B, T), bits
        for i, row, bits in zip(chosen, rows, picked):
            scores[i] = bits[: len(row)].numpy()
    model.train(was_training)
    return scores
