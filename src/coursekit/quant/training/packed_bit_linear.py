"""BitNet b1.58 after training: two bits a weight, and a product of whole numbers."""

import torch
from torch import nn

from coursekit.quant.finite import check_finite
from coursekit.quant.formats.bits import pack_bits, unpack_bits
from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.training.bit_linear import BitLinear, absmean

MOST = (2**24 - 1) // 127  # inputs: sums of that many codes are exact in float32


class PackedBitLinear(nn.Module):
    """A linear layer that keeps nothing but trits, two bits each, and one scale; its forward is that of `BitLinear`.

        y = (codes trits^T) * scale * gamma + bias,    codes = round(127 x / max|x|), a scale for each token

    The sum of C products -127 .. 127 is a whole number that float32 holds exactly up to C = 132 104. Leaves out
    speed: the weights are unpacked at every call.

    Args:
        trits: (O, C), -1, 0 or 1, of any dtype.
        gamma: one number >= 0, in the units of the weights.
        bias: (O,), or None.
        norm: module that is applied before rounding, or None.

    Raises: ValueError for other numbers, a scale that is not finite, or more inputs.

    Source: Ma et al. 2024 (BitNet b1.58), section 2.
    Taught in: 05-cuantizacion
    """

    def __init__(self, trits, gamma, bias=None, norm=None):
        super().__init__()
        if trits.dim() != 2 or not ((trits == 0) | (trits.abs() == 1)).all():
            raise ValueError(f"trits: expected (outputs, inputs) of -1, 0 and 1, got others, or {tuple(trits.shape)}")
        if trits.shape[1] > MOST:
            raise ValueError(f"trits: expected at most {MOST} inputs, got {trits.shape[1]}")
        gamma = torch.as_tensor(gamma, dtype=torch.float32).reshape(())
        check_finite("gamma", gamma)
        self.shape, self.norm = tuple(trits.shape), nn.Identity() if norm is None else norm
        self.register_buffer("packed", pack_bits((trits + 1).to(torch.uint8).cpu(), 2).to(trits.device))
        self.register_buffer("gamma", gamma.to(trits.device))
        self.register_buffer("bias", None if bias is None else bias.detach().clone())

    @classmethod
    def of(cls, layer):
        """The packed form of a trained `BitLinear`.

        Raises: ValueError for another layer.
        """
        if not isinstance(layer, BitLinear):
            raise ValueError(f"layer: expected a BitLinear, got {type(layer).__name__}")
        trits, gamma = absmean(layer.weight.detach())
        return cls(trits, gamma, layer.bias, layer.norm)

    def trits(self):
        """(O, C) float32: -1, 0 or 1."""
        return unpack_bits(self.packed.cpu(), 2, self.shape).to(self.packed.device).float() - 1

    @property
    def weight(self):
        """(O, C) float32: gamma times the trits, made anew; who asks for them learns their shape."""
        return self.trits() * self.gamma.float()

    def forward(self, x):
        """(.., C) -> (.., O)"""
        codes, scale = absmax(self.norm(x))
        whole = codes.float() @ self.trits().T  # (.., O), whole numbers
        y = (whole * scale * self.gamma.float()).to(x.dtype)
        return y if self.bias is None else y + self.bias


def pack_bit_linears(model):
    """Put the packed form in place of every `BitLinear` of a model, in place.

    Args:
        model: a module.

    Returns: the model.
    Raises: ValueError where there is none.
    Taught in: 05-cuantizacion
    """
    found = [name for name, layer in model.named_modules() if isinstance(layer, BitLinear)]
    if not found:
        raise ValueError(f"model: expected at least one BitLinear, got none in {type(model).__name__}")
    for name in found:
        model.set_submodule(name, PackedBitLinear.of(model.get_submodule(name)))
    return model
