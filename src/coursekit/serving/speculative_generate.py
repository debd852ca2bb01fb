"""`generate`, with proposals: the same distribution from fewer calls of the model."""

import torch

from coursekit.serving.paged.cache import PagedCache
from coursekit.serving.scheduling.request import Request
from coursekit.serving.scheduling.scheduler import Scheduler


def speculative_generate(target, draft, prompt, max_tokens, sampling=None, stop=None, seed=0, block_size=16):
    """Draw tokens from a decoder, several a call where the draft guesses well.

    Each row accepts as many proposals as it may, so that rows grow unequally: a paged cache lets them, and what was
    not accepted is cut off. With temperature 0 the tokens are those of `generate`; else the distribution is.

    Args:
        target: a `Decoder` that keeps every token.
        draft: a `DraftModel`, an `NgramLookup`, or anything with their `propose` and `forget`; None = no proposals.
        prompt: (B, T) integer, T >= 1.
        max_tokens: most tokens to add, >= 1.
        sampling: a `Sampling`; None = temperature 1. The draft draws in the same way.
        stop: id that ends a row, which is padded with it. None: nothing ends early.
        seed: of the draws; row i has seed + i.
        block_size: of the paged cache.

    Returns: (B, T + new) integer; the number of calls of the target.
    Raises: ValueError as `generate` does, and for a target with a state; what a row raised, if one did.

    Source: Leviathan et al. 2022, algorithm 1.
    Taught in: 07-despliegue
    """
    blocks = len(prompt) * -(-(prompt.shape[1] + max_tokens) // block_size)
    scheduler = Scheduler(
        PagedCache(target, blocks, block_size, share=False), len(prompt), prompt.numel() or 1, draft=draft
    )
    requests = [Request(row, max_tokens, sampling, stop, seed + i) for i, row in enumerate(prompt.tolist())]
    for request in requests:
        scheduler.submit(request)
    calls = 0
    while scheduler.is_busy:
        scheduler.step()
        calls += 1
    for request in requests:
        if request.error is not None:
            raise request.error
    longest = max(len(request.all_ids) for request in requests)
    rows = [request.all_ids + [stop] * (longest - len(request.all_ids)) for request in requests]
    return torch.tensor(rows), calls
