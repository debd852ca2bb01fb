"""Looking into a mixture at work: who was chosen, and what is lost without somebody."""

from contextlib import contextmanager

import torch

from coursekit.moe.layer import MixtureOfExperts


def mixtures(model):
    """The mixtures of experts of a model, in the order of its layers.

    Args:
        model: a module.

    Returns: list of `MixtureOfExperts`.
    Raises: ValueError when there is none.
    Taught in: 04-moe
    """
    found = [part for part in model.modules() if isinstance(part, MixtureOfExperts)]
    if not found:
        raise ValueError("model: expected mixtures of experts in it, got none")
    return found


@torch.no_grad()
def choices(model, ids):
    """Which experts each token goes to, layer by layer, the best first.

    Args:
        model: ids (B, T) -> logits, with mixtures in it. Put into evaluation mode meanwhile.
        ids: (B, T), integer.

    Returns: (layers, B, T, K), int64.
    Raises: ValueError when the model has no mixture, or their K differ.
    Taught in: 04-moe
    """
    layers, was_training = mixtures(model), model.training
    if len({layer.top_k for layer in layers}) > 1:
        raise ValueError(f"expected the same top_k in each layer, got {[layer.top_k for layer in layers]}")
    model.eval()
    model(ids)
    model.train(was_training)
    return torch.stack([layer.routing.indices for layer in layers]).unflatten(1, ids.shape)


@contextmanager
def without_expert(mixture, expert):
    """Nobody may choose this expert meanwhile: tokens go to their next best.

    Args:
        mixture: a `MixtureOfExperts` with more experts than top_k.
        expert: its number.

    Raises: ValueError when the number is none of its, or too few would be left.
    Taught in: 04-moe
    """
    if not 0 <= expert < mixture.experts or mixture.top_k >= mixture.experts:
        raise ValueError(f"expected one of {mixture.experts} experts, more than top_k {mixture.top_k}, got {expert}")

    def shut(router, inputs, outputs):
        logits = outputs[-1].clone()
        logits[:, expert] = torch.finfo(logits.dtype).min
        return *router.route(logits), logits

    handle = mixture.router.register_forward_hook(shut)
    try:
        yield
    finally:
        handle.remove()
