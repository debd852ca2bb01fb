"""Modulation: the time tells every block how to shift, scale and gate what it reads and writes (adaLN)."""

from torch import nn
from torch.nn import functional as F


class Modulation(nn.Module):
    """Vectors for a block, from the vector of the time.

        shift_1, scale_1, gate_1, ... = W silu(vector) + b

    Args:
        width: C.
        parts: how many vectors: 3 for each norm with a gate, 2 for one without.

    Source: Peebles and Xie 2023 (DiT), section 3.2 (adaLN); FLUX.1's code, `Modulation`.
    Taught in: 06-difusion
    """

    def __init__(self, width, parts):
        super().__init__()
        self.parts, self.linear = parts, nn.Linear(width, parts * width)

    def forward(self, vector):
        """(B, C) -> parts times (B, 1, C)"""
        return self.linear(F.silu(vector))[:, None].chunk(self.parts, dim=-1)


def modulated(x, shift, scale):
    """The stream, normalised without weights of its own, scaled and shifted by the time.

        (1 + scale) (x - mean) / sqrt(var + 1e-6) + shift

    Args: x: (B, N, C). shift, scale: (B, 1, C).

    Returns: (B, N, C).

    Source: Peebles and Xie 2023 (DiT), section 3.2.
    Taught in: 06-difusion
    """
    return (1 + scale) * F.layer_norm(x, x.shape[-1:], eps=1e-6) + shift
