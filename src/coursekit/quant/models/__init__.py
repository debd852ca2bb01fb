"""Whole models in few bits.

    collect.py      the linear layers of a model, and the statistics of what each is given
    quantize_model.py  all of them rounded by one method, block by block; the error of each
    replace_layers.py  other classes in their place
    smooth_model.py  SmoothQuant behind every norm
    bits.py         what that weighs

Dimensions: B batch, T tokens, C inputs of a layer, G groups of a row.
"""

from coursekit.quant.models.bits import bits_per_weight
from coursekit.quant.models.collect import collect, linear_layers
from coursekit.quant.models.quantize_model import layer_errors, quantize_model
from coursekit.quant.models.replace_layers import replace_layers
from coursekit.quant.models.smooth_model import smooth_model

__all__ = [
    "bits_per_weight",
    "collect",
    "layer_errors",
    "linear_layers",
    "quantize_model",
    "replace_layers",
    "smooth_model",
]
