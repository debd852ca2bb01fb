"""Copies of a published model's feed-forwards become experts: how far are they from it, and from each other?"""

from copy import deepcopy

import torch

from coursekit.experiments.partly_active import bits_per_byte
from coursekit.moe.upcycle import upcycle
from coursekit.train import Budget, train


def upcycled(model, layers, **options):
    """A copy of a model whose feed-forwards in some layers are mixtures of copies of them; the rest is frozen.

    Args:
        model: a `Decoder`.
        layers: their numbers.
        options: as of `coursekit.moe.upcycle.upcycle`.

    Returns: a `Decoder`.
    Taught in: 04-moe
    """
    copy = frozen_but(model, ())
    for layer in layers:
        copy.blocks[layer].ffn = upcycle(copy.blocks[layer].ffn, copy.config, **options)  # new weights, which learn
    return copy


def frozen_but(model, layers):
    """A copy of a model of which only the feed-forwards of some layers learn.

    Args: as of `upcycled`.
    Returns: a `Decoder`.
    Taught in: 04-moe
    """
    copy = deepcopy(model).requires_grad_(False)
    for layer in layers:
        copy.blocks[layer].ffn.requires_grad_(True)
    return copy


@torch.no_grad()
def apart(model, layers):
    """How far experts are from their mean, relative to it: 0 where all are the same.

        sqrt( mean over experts of ||W_i - mean W||^2 ) / ||mean W||,   W: all weights of an expert

    Args: as of `upcycled`.
    Returns: the mean over the layers, >= 0.
    Taught in: 04-moe
    """
    found = []
    for layer in layers:
        mixture = model.blocks[layer].ffn
        weights = torch.cat((mixture.gate_up.flatten(1), mixture.down.flatten(1)), 1).double()  # (E, weights)
        mean = weights.mean(0)
        found.append(((weights - mean).square().sum(1).mean().sqrt() / mean.norm()).item())
    return sum(found) / len(found)


@torch.no_grad()
def difference(model, other, ids):
    """Largest difference of two models' scores, and the part of places at which they would say the same.

    Args:
        model, other: ids (B, T) -> logits (B, T, V).
        ids: (B, T).

    Returns: the difference, and a part of 0 .. 1.
    Taught in: 04-moe
    """
    ours, theirs = model(ids), other(ids)
    same = (ours.argmax(-1) == theirs.argmax(-1)).double().mean().item()
    return (ours - theirs).abs().max().item(), same


def upcycling(model, layers, batches, rows, lengths, *, steps=12, looks=4, lr=3e-4, seed=0, **options):
    """A mixture of copies and the model itself, trained alike: where they start, how the experts part, what it brings.

    Args:
        model: a `Decoder`.
        layers: that learn, in both.
        batches: no arguments -> an iterator of (inputs, targets).
        rows, lengths: of unseen text, as of `bits_per_byte`.
        steps, lr: of training; looks: at how far apart the experts are, evenly.
        seed: of the router.
        options: as of `upcycled`.

    Returns: dict: difference and same (at the start; see `difference`), apart (at each look, 0 first), before, dense
        and moe (bits a byte, one a row).
    Source: Komatsuzaki et al. 2022 (Sparse upcycling), abstract.
    Taught in: 04-moe
    """
    torch.manual_seed(seed)
    arms = {"dense": frozen_but(model, layers), "moe": upcycled(model, layers, **options)}
    found = dict(zip(("difference", "same"), difference(model, arms["moe"].eval(), rows)))
    found |= {"apart": [apart(arms["moe"], layers)], "before": bits_per_byte(model, rows, lengths)}
    for name, arm in arms.items():
        history = train(
            arm,
            batches(),
            budget=Budget(steps=steps),
            lr=lr,
            weight_decay=0.0,
            seed=seed,
            evaluate=(lambda model: apart(model, layers)) if name == "moe" else None,
            evaluations=looks,
            progress=False,
        )
        found["apart"] += [distance for _, distance in history.evaluations]
        found[name] = bits_per_byte(arm, rows, lengths)
    return found
