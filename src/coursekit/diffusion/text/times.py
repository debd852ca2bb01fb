"""Times for training: one draw for the whole batch, so that every batch sees little and much noise."""

import torch


def even_times(shape, generator=None, device=None):
    """Times that are uniform one by one and evenly spread together.

        t_i = (u + i) / n,   u ~ U(0, 1),   i = 0 .. n - 1 in random order

    The mean of a loss over such times has the same expectation as over independent ones, and less variance: a batch
    never consists of easy times alone.

    Args:
        shape: of the times, n their number.
        generator: of the draws; None = torch's own.
        device: of the result.

    Returns: float32 of that shape, in 0 .. 1.

    Source: Kingma et al. 2021 (VDM), appendix I.1; Sahoo et al. 2024 (MDLM) use it for text.
    Taught in: 06-difusion
    """
    times = torch.empty(shape)
    u, order = torch.rand((), generator=generator), torch.randperm(times.numel(), generator=generator)
    return ((u + order) / times.numel()).view(shape).to(device)


def independent_times(shape, generator=None, device=None):
    """Times that are drawn one by one, to compare with. Args, Returns: as in `even_times`."""
    return torch.rand(shape, generator=generator).to(device)
