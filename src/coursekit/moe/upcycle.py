"""A trained feed-forward becomes the first value of every expert: a mixture that starts where the model is."""

import torch
from torch import nn

from coursekit.moe.layer import MixtureOfExperts
from coursekit.moe.routers import TopKRouter


@torch.no_grad()
def upcycle(ffn, config, experts=8, top_k=2, router=TopKRouter, **options):
    """A mixture whose experts are all copies of a feed-forward; the router starts at random.

        y = sum_j g_j E(x) = E(x),  for the weights g of a token add up to 1

    Args:
        ffn: a `FeedForward` without biases.
        config: the `DecoderConfig` that it was built with.
        experts, top_k, router, options: as in `MixtureOfExperts`; a router whose weights add up to 1.

    Returns: a `MixtureOfExperts`; what it returns is what the feed-forward does, up to rounding (none with top_k = 1).
    Raises: ValueError when the feed-forward has biases.

    Source: Komatsuzaki et al. 2022 (Sparse upcycling), abstract.
    Taught in: 04-moe
    """
    projections = ffn.gate, ffn.up, ffn.output
    if any(projection.bias is not None for projection in projections):
        raise ValueError("ffn: expected a feed-forward without biases, got one that has some")
    gate, up, down = (projection.weight.T for projection in projections)  # (C, F) twice, (F, C)
    mixture = MixtureOfExperts(config, nn.Linear, experts, top_k, gate.shape[1], router=router, **options)
    mixture = mixture.to(gate.device, gate.dtype)
    mixture.gate_up.copy_(torch.cat((gate, up), 1))
    mixture.down.copy_(down)
    return mixture
