"""Fewer bits for each number: formats, and products that read them as they are.

    formats/        how few bits stand for a number
    linear/         the kernel: products with packed weights, `ternary_linear`, `int4_linear`, `int8_linear`
    cache_attention/  the kernel: attention over keys and values of few bits
    rounding/       after training: nearest, GPTQ, AWQ, AdaRound, and all roundings of a row
    outliers/       inputs in few bits: absmax and W8A8, SmoothQuant, LLM.int8(), rotations
    cache/          keys and values in few bits, but for the newest
    training/       with few bits from the start: straight-through, LSQ, BitNet
    models/         every linear layer of a model by one of these methods
    smaller/        not by bits: pruning, distillation
    theory/         the error of a ruler, the entropy of codes
    few_bits.py     a model whose linear layers are packed
    activations.py  inputs of a product, rounded to 8 bits
    finite.py       what every format asks of its numbers

Each room has its dimensions.
"""

from coursekit.quant.few_bits import FewBitsLinear, in_few_bits
from coursekit.quant.formats import Affine, quantize, ternarize
from coursekit.quant.linear import int4_linear, int8_linear, pack_ternary, ternary_linear

__all__ = [
    "Affine",
    "FewBitsLinear",
    "in_few_bits",
    "int4_linear",
    "int8_linear",
    "pack_ternary",
    "quantize",
    "ternarize",
    "ternary_linear",
]
