"""Caches of single texts, side by side as the cache of a batch, and apart again; whatever a mixer keeps."""

import copy

import torch


def side_by_side(caches):
    """The caches of B texts, each with a batch of 1, as one with a batch of B. All must be alike (`likeness`).

    Args: caches: list of one mixer's caches.
    Returns: a cache of the same kind; its tensors are copies.
    Taught in: 07-despliegue
    """
    return _rebuilt(torch.cat, caches)


def one_of(cache, i):
    """The cache of text i of a batch, with a batch of 1: a copy."""
    return _rebuilt(lambda tensors: tensors[0][i : i + 1].clone(), [cache])


def likeness(cache):
    """All that a cache keeps besides its tensors, such as a number of tokens: where it is equal, caches are alike."""
    if isinstance(cache, torch.Tensor):
        return None
    if isinstance(cache, tuple | list):
        return tuple(map(likeness, cache))
    if hasattr(cache, "__dict__"):
        return tuple(likeness(part) for part in vars(cache).values())
    return cache


def _rebuilt(function, caches):
    """One cache of the same structure; each of its tensors is made of those that stand at its place."""
    first = caches[0]
    if isinstance(first, torch.Tensor):
        return function(list(caches))
    if isinstance(first, tuple | list):
        return type(first)(_rebuilt(function, parts) for parts in zip(*caches))
    if not hasattr(first, "__dict__"):
        return first
    new = copy.copy(first)
    for name in vars(first):
        setattr(new, name, _rebuilt(function, [getattr(cache, name) for cache in caches]))
    return new
