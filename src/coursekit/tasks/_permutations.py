"""Random orders, for the tasks that draw symbols without repeating any."""

import torch


def permutations(batch, size, generator):
    """Independent random orders of 0 .. size - 1, one a row: (batch, size), int64."""
    return torch.rand(batch, size, generator=generator, dtype=torch.float64).argsort(-1)
