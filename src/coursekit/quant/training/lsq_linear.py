"""LSQ as a layer: a linear layer that learns its weights and the step that they are rounded to."""

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.quant.training.lsq import first_step, learned_step, step_range


class LSQLinear(nn.Linear):
    """A linear layer whose weights, and whose inputs if asked, are rounded to a learned step; drop-in for `nn.Linear`.

        s = s_0 |r|,    s_0 the first step, r learned from 1 on

    The steps are set when they are first needed, that of the inputs by the first batch. r in place of s is ours: Adam
    moves whatever it learns by about the learning rate, which is small against 1, but not against a step.

    Args:
        inputs, outputs, bias: as for `nn.Linear`.
        bits: of the weights, 2 .. 8.
        input_bits: of the inputs, signed, 2 .. 8; None = they stay as they are.

    Source: Esser et al. 2019 (LSQ), section 2.
    Taught in: 05-cuantizacion
    """

    def __init__(self, inputs, outputs, bias=True, *, bits=4, input_bits=None):
        super().__init__(inputs, outputs, bias=bias)
        self.rounding = _Rounding(bits)
        self.input_rounding = nn.Identity() if input_bits is None else _Rounding(input_bits)

    @property
    def step(self):
        """The step of the weights, a tensor of one number; 0 before the first call."""
        return self.rounding.step

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        return F.linear(self.input_rounding(x), self.rounding(self.weight), self.bias)


class _Rounding(nn.Module):
    """`learned_step`, and its step."""

    def __init__(self, bits):
        super().__init__()
        step_range(bits)
        self.bits, self.ratio = bits, nn.Parameter(torch.ones(()))
        self.register_buffer("first", torch.zeros(()))  # 0: not set yet

    @property
    def step(self):
        return self.first * self.ratio.abs()

    def forward(self, v):
        if not self.first:
            self.first.copy_(first_step(v, self.bits))
        return learned_step(v, self.step, self.bits)
