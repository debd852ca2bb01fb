"""Rounding after training: on the same ruler, who goes to which mark.

All are called alike, `method(weight, calibration, bits, group_size, symmetric)`; what they return has `dequantize()`.

    calibration.py  what has to be known of a layer's inputs: `Calibration`, and the error of the outputs
    nearest.py      each weight to its nearest mark; the inputs are not looked at
    gptq.py         column after column, the error of each made good by the columns to come
    awq.py          columns of large inputs magnified before, divided afterwards
    adaround.py     down or up, learned
    coordinate_descent.py  down or up, turned over one by one
    exhaustive.py   down or up, all 2^C of one row
    neighbours.py   the marks below and above a weight

Dimensions: O outputs (rows), C inputs (columns), g columns of a group, n inputs seen. H = mean of x x^T, (C, C); the
papers write columns where we have rows: their X is (C, n), and GPTQ's H is 2 X X^T.
"""

from coursekit.quant.rounding.adaround import AdaRoundOptions, adaround
from coursekit.quant.rounding.awq import Scaled, awq
from coursekit.quant.rounding.calibration import Calibration
from coursekit.quant.rounding.coordinate_descent import coordinate_descent
from coursekit.quant.rounding.exhaustive import Roundings, all_roundings
from coursekit.quant.rounding.gptq import gptq
from coursekit.quant.rounding.nearest import round_to_nearest
from coursekit.quant.rounding.neighbours import neighbours

__all__ = [
    "AdaRoundOptions",
    "Calibration",
    "Roundings",
    "Scaled",
    "adaround",
    "all_roundings",
    "awq",
    "coordinate_descent",
    "gptq",
    "neighbours",
    "round_to_nearest",
]
