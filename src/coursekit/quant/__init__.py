"""Fewer bits for each number: formats, and products that read them as they are.

formats/        how few bits stand for a number
finite.py       what every format asks of its numbers
rounding/       after training: nearest, GPTQ, AWQ, AdaRound, and all roundings of a row
outliers/       inputs in few bits: absmax and W8A8, SmoothQuant, LLM.int8(), rotations
cache/          keys and values in few bits, but for the newest
training/       with few bits from the start: straight-through, LSQ, BitNet
models/         every linear layer of a model by one of these methods
smaller/        not by bits: pruning, distillation
theory/         the error of a ruler, the entropy of codes
"""

from coursekit.quant.formats import Affine, quantize

__all__ = ["Affine", "quantize"]
