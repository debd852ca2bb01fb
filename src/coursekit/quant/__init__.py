"""Fewer bits for each number: formats, and products that read them as they are.

formats/        how few bits stand for a number
finite.py       what every format asks of its numbers
"""

from coursekit.quant.formats import Affine, quantize

__all__ = ["Affine", "quantize"]
