"""Smaller in other ways than by bits: fewer weights, or a smaller model.

    pruning.py      the smallest weights become 0, anywhere or n of every m
    distillation.py a small model learns from a large one

Dimensions: C columns of a row, V vocabulary, T the temperature.
"""

from coursekit.quant.smaller.distillation import distillation_loss
from coursekit.quant.smaller.pruning import prune_magnitude, prune_n_of_m

__all__ = ["distillation_loss", "prune_magnitude", "prune_n_of_m"]
