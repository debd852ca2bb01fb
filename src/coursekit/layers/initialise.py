"""Initial weights. Whoever owns a weight initialises it; the decoder touches none but its own."""

from torch import nn


def initialise(module, config, residual=False):
    """Draw the weight of a linear or embedding layer as GPT-2 does, and set a bias to zero.

        w ~ N(0, 0.02^2);  projections back into the residual stream: N(0, 0.02^2 / (2 layers))

    The residual stream sums 2 * layers such projections: the factor keeps its variance from growing.

    Args:
        module: layer with `weight`, and perhaps `bias`; changed in place.
        config: a `DecoderConfig`; its `layers` is read.
        residual: does this layer write into the residual stream?

    Returns: the module.

    Source: Radford et al. 2019 (GPT-2), section 2.3; standard deviation: the released code.
    Taught in: 02-transformer
    """
    nn.init.normal_(module.weight, std=0.02 / (2 * config.layers) ** 0.5 if residual else 0.02)
    if getattr(module, "bias", None) is not None:
        nn.init.zeros_(module.bias)
    return module
