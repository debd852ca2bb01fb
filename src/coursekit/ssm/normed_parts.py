"""Mamba whose steps, B and C are normalised.

Adds one idea to `mamba.py`: what selects cannot grow with the stream, which keeps the loss of large models steady.
"""

import torch
from torch import nn
from torch.nn.functional import rms_norm

from coursekit.ssm.mamba import Mamba


class NormedParts(nn.Module):
    """A projection to several parts, each divided by its root mean square; no weights are added.

        y_i = p_i / sqrt(mean(p_i^2) + eps),  (p_1, p_2, ..) = x W

    Args:
        projection: module (.., inputs) -> (.., sum of sizes).
        sizes: of the parts.
        eps: added to the mean square.

    Source: Zuo et al. 2024 (Falcon Mamba), the section on the architecture.
    Taught in: 03-mamba
    """

    def __init__(self, projection, sizes, eps):
        super().__init__()
        self.projection, self.sizes, self.eps = projection, sizes, eps

    def forward(self, x):
        """(.., inputs) -> (.., sum of sizes)"""
        parts = self.projection(x).split(self.sizes, dim=-1)
        return torch.cat([rms_norm(part, part.shape[-1:], eps=self.eps) for part in parts], dim=-1)


def normed_parts(config, linear=nn.Linear, *, mixer=Mamba, eps=1e-6):
    """Build a Mamba mixer and normalise what its input chooses: low-rank steps, B and C.

        Decoder(config, mixer=normed_parts, ffn=None)

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixer: `Mamba`, or a partial of it.
        eps: added to the mean squares.

    Returns: the mixer.

    Source: Zuo et al. 2024 (Falcon Mamba), the section on the architecture.
    Taught in: 03-mamba
    """
    built = mixer(config, linear)
    built.x_proj = NormedParts(built.x_proj, built.sizes, eps)
    return built
