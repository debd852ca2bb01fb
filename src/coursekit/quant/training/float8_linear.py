"""FP8 training, simulated: all three products of a linear layer are of numbers of eight bits."""

import torch
from torch import nn

from coursekit.quant.finite import check_finite
from coursekit.quant.formats.floats import E4M3, E5M2


def scaled_round(x, kind):
    """Rounded to a small floating point, after a scale that brings the largest number to the format's largest.

    Args:
        x: floating point, any shape.
        kind: a `SmallFloat`.

    Returns: the shape and dtype of x, in its own units.
    Raises: ValueError for NaN or infinity.

    Source: Micikevicius et al. 2022 (FP8 Formats for Deep Learning).
    Taught in: 05-cuantizacion
    """
    check_finite("x", x)
    wide = x.detach().float()
    largest = wide.abs().amax() if x.numel() else wide.new_zeros(())
    scale = kind.largest / largest.clamp(min=1e-30)
    return (kind.round(wide * scale) / scale).to(x.dtype)


class _Float8Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        x, weight = scaled_round(x, E4M3), scaled_round(weight, E4M3)
        ctx.save_for_backward(x, weight)
        return x @ weight.T

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        gradient = scaled_round(gradient, E5M2)
        return gradient @ weight, gradient.flatten(0, -2).T @ x.flatten(0, -2)


class Float8Linear(nn.Linear):
    """A linear layer of which inputs and weights are E4M3, and gradients E5M2; for `nn.Linear`.

        y = Q43(x) Q43(w)^T + bias;    dL/dx = Q52(dL/dy) Q43(w);    dL/dw = Q52(dL/dy)^T Q43(x)

    More range for gradients, more digits for what is multiplied forwards; each tensor has one scale, found at once.
    Sums, the fine weights and the optimizer stay in floating point of 32 bits. What it shows is what FP8 loses, not
    what it saves: the numbers are rounded, and the products are those of float32.

    Args:
        inputs, outputs, bias: as for `nn.Linear`; inputs to a call have at least two dimensions.

    Source: Micikevicius et al. 2022 (FP8 Formats for Deep Learning).
    Taught in: 05-cuantizacion
    """

    def forward(self, x):
        """(.., inputs) -> (.., outputs); ValueError for NaN or infinity."""
        y = _Float8Product.apply(x, self.weight)
        return y if self.bias is None else y + self.bias
