"""Formats: how few bits stand for a number, and how they lie in memory.

    affine.py       whole numbers of 1 to 8 bits with a scale and a zero: `Affine`, `quantize`, `find_grid`, `to_codes`

Dimensions: ... rows, C columns (a row's inputs), g columns of a group, G = C / g groups of a row.
"""

from coursekit.quant.formats.affine import Affine, find_grid, quantize, to_codes

__all__ = ["Affine", "find_grid", "quantize", "to_codes"]
