"""The load of the experts, and how uneven it is."""

from math import log

import torch


def expert_load(indices, num_experts):
    """How many tokens each expert works on.

    Args:
        indices: integer, any shape; -1 = nobody, counts nowhere.
        num_experts: E.

    Returns: (E,), int64.
    Raises: ValueError when an index is out of its range.
    Taught in: 04-moe
    """
    flat = indices.flatten()
    if len(flat) and not -1 <= flat.min() <= flat.max() < num_experts:
        raise ValueError(f"indices: expected from -1 to {num_experts - 1}, got {int(flat.min())} .. {int(flat.max())}")
    return torch.bincount(flat + 1, minlength=num_experts + 1)[1:]


def normalised_entropy(load):
    """1 where the load is even, 0 where one expert does everything.

        -sum_i f_i log f_i / log E,   f = load / sum of the load

    Args:
        load: (..., E), >= 0, E >= 2; several loads at once are allowed.

    Returns: (...), 0 .. 1.
    Raises: ValueError when there is no load, or one expert only.
    Taught in: 04-moe
    """
    part = _parts(load)
    return -torch.special.xlogy(part, part).sum(-1) / log(load.shape[-1])


def coefficient_of_variation(load):
    """Standard deviation of the load over its mean: 0 where it is even, sqrt(E - 1) where one expert does everything.

    Args: as in `normalised_entropy`.
    Returns: (...), 0 .. sqrt(E - 1).
    Raises: as in `normalised_entropy`.

    Source: Shazeer et al. 2017, section 4, equations 6 and 7 (which square it).
    Taught in: 04-moe
    """
    part = _parts(load)
    return part.std(-1, correction=0) * load.shape[-1]


def max_violation(load):
    """How much more than the mean the busiest expert has: 0 where the load is even, at most E - 1.

        (max load - mean load) / mean load

    Args: as in `normalised_entropy`.
    Returns: (...), 0 .. E - 1.
    Raises: as in `normalised_entropy`.

    Source: Wang et al. 2024 (Auxiliary-loss-free load balancing), equation 4.
    Taught in: 04-moe
    """
    part = _parts(load)
    return part.amax(-1) * load.shape[-1] - 1


def _parts(load):
    load = load.to(torch.float64)
    total = load.sum(-1, keepdim=True)
    if load.shape[-1] < 2 or not (total > 0).all() or not (load >= 0).all():
        raise ValueError(f"load: expected at least 2 experts and some load >= 0 in each row, got {load}")
    return load / total
