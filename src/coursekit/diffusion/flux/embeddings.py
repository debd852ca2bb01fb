"""Time, guidance and the text as a whole, as one vector: what modulates every block."""

from math import log

import torch
from torch import nn
from torch.nn import functional as F

WAVES = 256


def waves(t, size=WAVES):
    """A number as cosines and sines of many frequencies, as in a clock of many hands.

        cos(1000 t f_i), sin(1000 t f_i),   f_i = 10000^(-2 i / size)

    Args: t: (B,). size: even.

    Returns: (B, size), in the dtype of t; the angles are computed in at least float32.

    Source: Ho et al. 2020 (DDPM), after Vaswani et al. 2017; FLUX.1's code, `timestep_embedding`.
    Taught in: 06-difusion
    """
    wide = torch.promote_types(t.dtype, torch.float32)
    i = torch.arange(size // 2, dtype=wide, device=t.device)
    angles = (1000 * t)[:, None].to(wide) * (-log(10000) * i / (size // 2)).exp()  # (B, size / 2)
    return torch.cat([angles.cos(), angles.sin()], -1).to(t.dtype)


class TwoLayers(nn.Module):
    """W_2 silu(W_1 x + b_1) + b_2: (B, inputs) -> (B, width)."""

    def __init__(self, inputs, width):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, width), nn.Linear(width, width)

    def forward(self, x):
        return self.second(F.silu(self.first(x)))


class TimeAndText(nn.Module):
    """One vector of all that concerns the image as a whole.

        vector = mlp(waves(t)) + mlp(waves(guidance)) + mlp(pooled)

    Args:
        config: a `FluxConfig`; without guidance, the second term is left out.

    Source: FLUX.1's code, `Flux.forward`.
    Taught in: 06-difusion
    """

    def __init__(self, config):
        super().__init__()
        self.time = TwoLayers(WAVES, config.width)
        self.guidance = TwoLayers(WAVES, config.width) if config.guidance else None
        self.text = TwoLayers(config.pooled_width, config.width)

    def forward(self, t, pooled, guidance=None):
        """t (B,), pooled (B, pooled_width), guidance (B,) or None -> (B, C).

        Raises: ValueError for guidance that is missing, or given to a model that does not take it.
        """
        if (guidance is None) != (self.guidance is None):
            expected = "None (the model takes none)" if self.guidance is None else "a strength for each image"
            raise ValueError(f"guidance: expected {expected}, got {guidance}")
        vector = self.time(waves(t.to(pooled.dtype))) + self.text(pooled)
        return vector if guidance is None else vector + self.guidance(waves(guidance.to(pooled.dtype)))
