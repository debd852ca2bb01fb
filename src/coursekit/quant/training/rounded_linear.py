"""Training for few bits, whatever the format: round to nearest forwards, straight through backwards."""

from torch import nn
from torch.nn import functional as F

from coursekit.quant.formats.affine import check_bits, quantize
from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.training.straight_through import straight_through


class RoundedLinear(nn.Linear):
    """A linear layer that computes with rounded weights, and inputs if asked, and learns fine ones; for `nn.Linear`.

        y = x_hat w_hat^T + bias,    w_hat = quantize(w),    the step follows the largest weight of its group

    What separates it from `LSQLinear` is the step, which nobody learns; from `BitLinear`, the number of marks.

    Args:
        inputs, outputs, bias: as for `nn.Linear`.
        bits: of the weights, 1 .. 8.
        group_size: as in `coursekit.quant.quantize`.
        input_bits: of the inputs, 2 .. 8, a scale for each token; None = they stay as they are.

    Raises: ValueError when bits are out of their range; at a call, when groups do not divide the inputs.

    Source: Jacob et al. 2017, section 3 (rounding simulated while training); Bengio et al. 2013 for the gradient.
    Taught in: 05-cuantizacion
    """

    def __init__(self, inputs, outputs, bias=True, *, bits, group_size="channel", input_bits=None):
        super().__init__(inputs, outputs, bias=bias)
        check_bits(bits)
        self.bits, self.group_size, self.input_bits = bits, group_size, input_bits

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        if self.input_bits is not None:
            codes, scale = absmax(x.detach(), self.input_bits)
            x = straight_through(x, codes * scale)
        rounded = quantize(self.weight, self.bits, self.group_size).dequantize()
        return F.linear(x, straight_through(self.weight, rounded), self.bias)
