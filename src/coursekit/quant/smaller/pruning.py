"""Pruning: the smallest weights become 0."""

import torch

from coursekit.quant.finite import check_finite


def prune_magnitude(weight, part):
    """Set the smallest weights of a matrix to 0.

    Args:
        weight: any shape, floating point.
        part: of the weights, 0 .. 1; round(part * weights) of them become 0.

    Returns: the weight, pruned; a bool tensor, True where a weight was kept. Of weights of one size the later go first.
    Raises: ValueError for NaN or infinity, or a part out of its range.

    Source: Han et al. 2015 (Learning both Weights and Connections), section 3.
    Taught in: 05-cuantizacion
    """
    check_finite("weight", weight)
    if not 0 <= part <= 1:
        raise ValueError(f"part: expected 0 to 1, got {part!r}")
    size = weight.detach().abs().flatten()
    order = size.sort(descending=True, stable=True).indices
    kept = torch.ones(len(size), dtype=torch.bool, device=weight.device)
    kept[order[len(size) - round(part * len(size)) :]] = False
    kept = kept.view(weight.shape)
    return weight * kept, kept


def prune_n_of_m(weight, n=2, m=4):
    """Keep the n largest of every m neighbours in a row: a pattern that hardware can use.

    Args:
        weight: (.., C), C a multiple of m.
        n, m: 1 <= n <= m; 2 of 4 is what GPUs multiply faster.

    Returns: the weight, pruned; True where a weight was kept.
    Raises: ValueError for NaN or infinity, n out of its range, or m that does not divide C.

    Source: Mishra et al. 2021 (Accelerating Sparse Deep Neural Networks): 2:4 sparsity.
    Taught in: 05-cuantizacion
    """
    check_finite("weight", weight)
    if not 1 <= n <= m:
        raise ValueError(f"n: expected 1 to {m}, got {n!r}")
    if weight.shape[-1] % m:
        raise ValueError(f"m: expected a divisor of the {weight.shape[-1]} columns, got {m}")
    groups = weight.detach().abs().unflatten(-1, (-1, m))  # (.., C / m, m)
    best = groups.sort(dim=-1, descending=True, stable=True).indices[..., :n]
    kept = torch.zeros_like(groups, dtype=torch.bool).scatter_(-1, best, True).flatten(-2)
    return weight * kept, kept
