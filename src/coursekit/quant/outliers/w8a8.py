"""W8A8: weights and inputs are whole numbers of 8 bits, and so is all of the product but two scales at its end."""

import torch
from torch import nn

from coursekit.quant.finite import check_finite
from coursekit.quant.formats.affine import quantize
from coursekit.quant.outliers.absmax import absmax


class W8A8Linear(nn.Module):
    """A linear layer of int8 weights that rounds its inputs to int8.

        y = (codes_x codes_w^T) * scale_x * scale_w + bias,    a scale for each token, and for each row of weights

    The sum of C products is a whole number below 127^2 C, which 32 bits hold up to C = 133 144. Here it is computed
    in float64, which holds it exactly as well: the numbers are those of an int8 product, the speed is not.

    Args:
        linear: an `nn.Linear`; its weights are rounded, its bias kept.
        column_scale: (C,), what the inputs are divided by and the weights multiplied (`smoothing_scale`); None = 1.
        static_scale: scale_x, one number found beforehand for all tokens (max|x| / 127); None = each token's own.

    Raises: ValueError for weights that are not finite, or scales that do not fit.

    Source: Xiao et al. 2022 (SmoothQuant), section 4.
    Taught in: 05-cuantizacion
    """

    def __init__(self, linear, column_scale=None, static_scale=None):
        super().__init__()
        weight = linear.weight.detach().float()  # (O, C)
        scale = torch.ones(weight.shape[1]) if column_scale is None else column_scale.detach().float()
        if scale.shape != weight.shape[1:] or not (scale > 0).all():
            raise ValueError(f"column_scale: expected ({weight.shape[1]},), all > 0, got shape {tuple(scale.shape)}")
        if static_scale is not None and not 0 < static_scale < float("inf"):
            raise ValueError(f"static_scale: expected a finite number > 0, got {static_scale!r}")
        rounded = quantize(weight * scale, 8)
        self.static_scale = static_scale
        self.register_buffer("column_scale", scale)  # (C,)
        self.register_buffer("codes", (rounded.codes.int() - 128).to(torch.int8))  # (O, C), -127 .. 127
        self.register_buffer("row_scale", rounded.scale[:, 0])  # (O,)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    @property
    def weight(self):
        """(O, C) float32: the weights that the codes stand for, made anew; who asks for them learns their shape."""
        return self.codes * self.row_scale[:, None] / self.column_scale

    def forward(self, x):
        """(.., C) -> (.., O); ValueError for inputs that are not finite."""
        divided = x / self.column_scale
        if self.static_scale is None:
            codes, scale = absmax(divided)  # (.., C), (.., 1)
        else:
            check_finite("x", x)
            codes, scale = (divided / self.static_scale).round().clamp(-127, 127), self.static_scale
        whole = codes.double() @ self.codes.double().T  # (.., O)
        y = (whole * scale * self.row_scale).to(x.dtype)
        return y if self.bias is None else y + self.bias
