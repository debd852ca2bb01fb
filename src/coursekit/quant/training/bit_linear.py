"""BitNet b1.58: weights -1, 0 and 1, trained so from the start. Here the form that learns."""

from torch import nn
from torch.nn import functional as F

from coursekit.layers.full_precision import at_least_float32
from coursekit.quant.finite import check_finite
from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.training.straight_through import straight_through


def absmean(weight):
    """Ternary weights, and one scale for the matrix.

        gamma = mean(|W|),  trits = RoundClip(W / (gamma + eps), -1, 1),  W ~ gamma * trits

    Args:
        weight: any shape, floating point.

    Returns: trits, the shape of weight, -1, 0 or 1; gamma, one number > 0, in the units of the weights, both at least
        float32. A matrix of zeros stays one: as in the published code gamma is at least 1e-5, which does what the
        paper's eps is for.
    Raises: ValueError for NaN or infinity.

    Source: Ma et al. 2024 (BitNet b1.58), section 2, equations 1 to 3.
    Taught in: 05-cuantizacion
    """
    check_finite("weight", weight)
    (weight,) = at_least_float32(weight)
    inverse = 1 / weight.abs().mean().clamp(min=1e-5)
    return (weight * inverse).round().clamp(-1, 1), 1 / inverse


class BitLinear(nn.Linear):
    """A linear layer of ternary weights and int8 activations, that learns; a drop-in for `nn.Linear`.

        y = (codes trits^T) * scale * gamma + bias

    The weights are kept in floating point and rounded at every call; gradients go straight through both roundings.
    `PackedBitLinear.of(layer)` is the form to use afterwards.

    Args:
        inputs, outputs, bias: as for `nn.Linear`.
        norm: class, called as `norm(inputs)`, applied before rounding; None = none.

    Source: Ma et al. 2024 (BitNet b1.58), section 2.
    Taught in: 05-cuantizacion
    """

    def __init__(self, inputs, outputs, bias=True, *, norm=None):
        super().__init__(inputs, outputs, bias=bias)
        self.norm = nn.Identity() if norm is None else norm(inputs)

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        x = self.norm(x)
        codes, scale = absmax(x.detach())
        trits, gamma = absmean(self.weight.detach())
        return F.linear(straight_through(x, codes * scale), straight_through(self.weight, trits * gamma), self.bias)
