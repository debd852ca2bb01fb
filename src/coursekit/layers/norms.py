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
        wide = at_least_float32(x)
        y = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps) * self.weight
        return back(y, x, self.weight)


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
        wide = at_least_float32(x)
        centred = wide - wide.mean(-1, keepdim=True)
        y = centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + self.eps) * self.weight + self.bias
        return back(y, x, self.weight)


def at_least_float32(x):
    """x in float32, or as it is in float32 and float64: in float16 the square of 256 is infinite.

    Args:
        x: floating point, any shape.

    Returns: the same shape.
    """
    return x if x.itemsize >= 4 else x.float()


def back(y, x, weight):
    """y in the dtype that x times weight has; nothing is done where it has it."""
    return y if y.dtype == x.dtype else y.to(torch.promote_types(x.dtype, weight.dtype))
