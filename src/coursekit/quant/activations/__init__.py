"""Activations in few bits: what a layer is given changes with every text, and has outliers.

    absmax.py       a scale for each token: its largest number becomes 127

Dimensions: B batch, T tokens, C inputs, O outputs; SmoothQuant and LLM.int8() write X (T, C) and W (C, O), where we
have weights (O, C).
"""

from coursekit.quant.activations.absmax import absmax

__all__ = ["absmax"]
