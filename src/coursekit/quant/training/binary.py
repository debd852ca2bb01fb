"""BitNet of 2023: weights of one bit, -1 or 1, trained so from the start."""

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.layers.full_precision import at_least_float32
from coursekit.quant.finite import check_finite
from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.training.straight_through import straight_through


def binarize(weight):
    """The sign of what is above or below the mean, and one scale for the matrix.

        signs = Sign(W - alpha),  alpha = mean(W),  beta = mean(|W|),  W ~ beta * signs
        Sign(z) = 1 where z > 0, else -1

    Args:
        weight: (outputs, inputs), floating point.

    Returns: signs, the shape of weight, -1 or 1; beta, one number, in the units of the weights; both at least float32.
    Raises: ValueError for NaN or infinity.

    Source: Wang et al. 2023 (BitNet), section 2.1.
    Taught in: 05-cuantizacion
    """
    check_finite("weight", weight)
    (weight,) = at_least_float32(weight)
    signs = torch.where(weight > weight.mean(), 1.0, -1.0).to(weight.dtype)
    return signs, weight.abs().mean()


class BinaryLinear(nn.Linear):
    """A linear layer that computes with signs and int8 activations, and learns in floating point.

        y = beta * (x_hat signs^T) + bias,   x_hat = norm(x) rounded to 8 bits, a scale for each token

    Args:
        inputs, outputs, bias: as for `nn.Linear`.
        norm: class, called as `norm(inputs)`, applied before rounding (the paper's: a LayerNorm); None = none.

    The paper's scale of the activations is that of the whole tensor when training and that of each token at use; here
    it is that of each token in both.

    Source: Wang et al. 2023 (BitNet), section 2.1.
    Taught in: 05-cuantizacion
    """

    def __init__(self, inputs, outputs, bias=True, *, norm=None):
        super().__init__(inputs, outputs, bias=bias)
        self.norm = nn.Identity() if norm is None else norm(inputs)

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        x = self.norm(x)
        codes, scale = absmax(x.detach())
        signs, beta = binarize(self.weight.detach())
        return F.linear(straight_through(x, codes * scale), straight_through(self.weight, beta * signs), self.bias)
