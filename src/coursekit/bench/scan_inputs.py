"""Inputs like those of a Mamba layer, for timing."""

import torch


def scan_inputs(length, channels, states):
    """u, delta, A, B, C, D, z, delta_bias in the layouts of `selective_scan`: batch 1, float32, with gradients.

    A = -(1, 2, .., N) in each channel as a layer starts, and steps softplus(delta + delta_bias) of about 0.01 to 0.1.

    Args:
        length, channels, states: L, D and N.

    Returns: list of eight tensors.
    Source: Gu & Dao 2023 (Mamba), section 3.6 (initialisation).
    Taught in: 03-mamba
    """
    generator = torch.Generator().manual_seed(0)
    shapes = (channels, length), (channels, length), (states, length), (states, length), (channels,), (channels, length)
    u, delta, B, C, D, z = (torch.randn(1, *shape, generator=generator) for shape in shapes)
    A = -torch.arange(1.0, states + 1).repeat(channels, 1)  # (D, N)
    bias = torch.full((channels,), -3.5)
    return [x.requires_grad_() for x in (u, delta, A, B, C, D[0], z, bias)]
