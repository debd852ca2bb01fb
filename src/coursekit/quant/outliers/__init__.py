"""Inputs in few bits: they change with every text, a few channels are far larger than all others, and what to do.

    absmax.py       a scale for each token: its largest number becomes 127
    w8a8.py         weights and inputs as int8
    peaks.py        how far the largest channels stick out
    smooth.py       SmoothQuant: their size moves into the weights
    mixed.py        LLM.int8(): they stay in floating point, the others become int8
    hadamard.py     matrices of 1 and -1 at right angles, and the fast product with them
    rotation.py     QuaRot: the stream is turned until no channel sticks out

Dimensions: B batch, T tokens, C inputs, O outputs; SmoothQuant and LLM.int8() write X (T, C) and W (C, O), where we
have weights (O, C).
"""

from coursekit.quant.outliers.absmax import absmax
from coursekit.quant.outliers.hadamard import fast_hadamard, hadamard
from coursekit.quant.outliers.mixed import llm_int8, outlier_columns
from coursekit.quant.outliers.peaks import channel_peaks, peak_ratio
from coursekit.quant.outliers.rotation import random_rotation, rotate_stream
from coursekit.quant.outliers.smooth import smooth, smoothing_scale
from coursekit.quant.outliers.w8a8 import W8A8Linear

__all__ = [
    "W8A8Linear",
    "absmax",
    "channel_peaks",
    "fast_hadamard",
    "hadamard",
    "llm_int8",
    "outlier_columns",
    "peak_ratio",
    "random_rotation",
    "rotate_stream",
    "smooth",
    "smoothing_scale",
]
