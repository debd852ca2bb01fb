"""Normalisation over the width. Both are called as `norm(width, eps)`."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    """Divide by the root mean square; no mean is subtracted, no bias added.

        y = x / sqrt(mean(x^2) + eps) * weight

    Args:
        width: C.
        eps: added to the mean square.

    Source: Zhang and Sennrich 2019, equation 4.
    Taught in: 02-transformer
    """

    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class LayerNorm(nn.Module):
    """Subtract the mean, divide by the standard deviation (of the population), scale and shift.

        y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias

    Args:
        width: C.
        eps: added to the variance.

    Source: Ba et al. 2016, equation 4.
    Taught in: 02-transformer
    """

    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + self.eps) * self.weight + self.bias
