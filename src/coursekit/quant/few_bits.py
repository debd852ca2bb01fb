"""A model whose linear layers have few bits: each read as it is stored."""

import copy

import torch
from torch import nn

from coursekit.quant.formats.affine import quantize
from coursekit.quant.formats.ggml_blocks import SIZES, to_blocks
from coursekit.quant.linear import int4_linear, int8_linear, pack, ternary_linear

_PRODUCT = {2: ternary_linear, 4: int4_linear, 8: int8_linear}


class FewBitsLinear(nn.Module):
    """A linear layer whose weights are packed; for reading, not for training.

    Args:
        weight: a `PackedWeight`.
        bias: (O,) or None.

    Taught in: 05-cuantizacion
    """

    def __init__(self, weight, bias=None):
        super().__init__()
        self.packed, self.product = weight, _PRODUCT[weight.bits]
        self.in_features, self.out_features = weight.inputs, weight.outputs
        self.register_buffer("bias", None if bias is None else bias.detach())

    @property
    def weight(self):
        """Empty: of the type and on the device of what is computed, which is what new caches ask of a layer."""
        return self.packed.scales.new_empty(0, dtype=torch.float32)

    def forward(self, x):
        """(..., C) -> (..., O)"""
        return self.product(x.detach(), self.packed, self.bias)


def in_few_bits(model, to_packed):
    """A model whose linear layers keep their weights packed; the rest is shared with the model.

    Args:
        model: an `nn.Module`. Subclasses of `nn.Linear` stay as they are: they do something else.
        to_packed: weight (O, C) -> `PackedWeight`, or None for a layer that stays as it is; see `affine`, `blocks`.

    Returns: an `nn.Module` of the same class, in evaluation mode, without gradients.
    Taught in: 05-cuantizacion
    """
    shared = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    model = copy.deepcopy(model, memo=shared)
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            weight = to_packed(layer.weight.detach()) if type(layer) is nn.Linear else None
            if weight is not None:
                setattr(parent, name, FewBitsLinear(weight, layer.bias))
    return model.eval()


def affine(bits, group_size="channel", symmetric=True):
    """Weights rounded to the nearest of 2 to 8 bits: a `to_packed` for `in_few_bits`.

    Args: as in `coursekit.quant.quantize`; as `packed` takes them.
    Returns: a function of a weight (O, C).
    Taught in: 05-cuantizacion
    """
    return lambda weight: packed(quantize(weight, bits, group_size, symmetric))


def packed(weights):
    """The `PackedWeight` of an `Affine` (O, C), whoever chose its codes; 3 bits take 4, and 5 to 7 bits take 8.

    Args: weights: an `Affine`, of at least 2 bits where it is symmetric.
    Returns: a `PackedWeight`.
    Raises: ValueError.
    Taught in: 05-cuantizacion
    """
    bits = next(wide for wide in (2, 4, 8) if wide >= weights.bits)
    groups = weights.shape[-1] // weights.group_size
    scale, zero = (t.expand(weights.shape[0], groups) for t in (weights.scale, weights.zero))
    if weights.symmetric and weights.bits > 1:
        return pack(weights.codes, scale, bits, 1 << (weights.bits - 1))
    return pack(weights.codes, scale, bits, 0, -scale * zero)


def blocks(kind):
    """Weights as llama.cpp's blocks keep them, number for number: a `to_packed` for `in_few_bits`.

    Args: kind: "Q8_0", "Q4_0" or "Q4_1".
    Returns: a function of a weight (O, C), C a multiple of 32. Weights that were such blocks stay what they were.
    Taught in: 05-cuantizacion
    """

    def to_packed(weight):
        numbers, length = SIZES[kind]
        raw = torch.from_numpy(to_blocks(weight.numpy(), kind)).unflatten(-1, (-1, length))  # (O, G, bytes)
        halves = [raw[..., at : at + 2].contiguous().view(torch.float16)[..., 0].float() for at in (0, 2)]
        if kind == "Q8_0":  # codes with a sign
            return pack((raw[..., 2:] ^ 128).flatten(1), halves[0], 8, 128)
        q = raw[..., length - numbers // 2 :]
        codes = torch.cat([q & 15, q >> 4], -1).flatten(1)
        return pack(codes, halves[0], 4, 8) if kind == "Q4_0" else pack(codes, halves[0], 4, 0, halves[1])

    return to_packed
