"""RMSNorm whose weight is counted from one, as in Gemma."""

import torch

from coursekit.layers.norms import RMSNorm, at_least_float32, back


class ZeroCentredRMSNorm(RMSNorm):
    """`RMSNorm` whose stored weight is what the factor differs from one.

        y = x / sqrt(mean(x^2) + eps) * (1 + weight)

    Weight decay then pulls the factor to 1, not to 0, and low precision keeps small differences from 1.

    Args: as in `RMSNorm`.

    Source: Zhang and Sennrich 2019, equation 4; the 1: the released code of Gemma.
    Taught in: 02-transformer
    """

    def __init__(self, width, eps=1e-5):
        super().__init__(width, eps)
        torch.nn.init.zeros_(self.weight)

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        wide = at_least_float32(x)
        y = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps) * (1 + self.weight)
        return back(y, x, self.weight)
