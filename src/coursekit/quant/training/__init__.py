"""Training with few bits: rounded forwards, as if it were not backwards.

    straight_through.py  the gradient of rounding, replaced by that of the identity
    rounded_linear.py  weights of 1 to 8 bits, rounded to nearest at every call
    float8_linear.py  inputs, weights and gradients in FP8
    lsq.py          LSQ: the step of the ruler is learned, with a gradient of its own;  lsq_linear.py  a layer of it
    binary.py       BitNet (2023): weights -1 and 1
    bit_linear.py   BitNet b1.58: weights -1, 0 and 1, the form that learns
    packed_bit_linear.py  the form to use afterwards: two bits a weight

Dimensions: B batch, T tokens, C inputs of a layer, N numbers that share a step, b bits.
LSQ's letters: s the step, v what is rounded, Q_N and Q_P how many steps there are below and above zero.
BitNet's: alpha the mean of the weights, beta (2023) and gamma (b1.58) the mean of their sizes, Q_b = 127.
"""

from coursekit.quant.training.binary import BinaryLinear, binarize
from coursekit.quant.training.bit_linear import BitLinear, absmean
from coursekit.quant.training.float8_linear import Float8Linear, scaled_round
from coursekit.quant.training.lsq import first_step, learned_step, update_ratio
from coursekit.quant.training.lsq_linear import LSQLinear
from coursekit.quant.training.packed_bit_linear import PackedBitLinear, pack_bit_linears
from coursekit.quant.training.rounded_linear import RoundedLinear
from coursekit.quant.training.straight_through import straight_through

__all__ = [
    "BinaryLinear",
    "BitLinear",
    "Float8Linear",
    "LSQLinear",
    "PackedBitLinear",
    "RoundedLinear",
    "absmean",
    "binarize",
    "first_step",
    "learned_step",
    "pack_bit_linears",
    "scaled_round",
    "straight_through",
    "update_ratio",
]
