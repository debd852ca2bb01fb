"""Weights in the order in which a CPU reads them faster for one token."""

import copy

from torch import nn


def by_columns(model):
    """A copy of a model whose linear layers keep their weights column by column in memory.

        y = sum_c x_c W[:, c]

    nn.Linear keeps W by rows: each output is a dot product. By columns, each input adds a multiple of its column to
    all outputs. With one token a step every weight is read for a single product, so that reading is what costs;
    which order is read faster depends on the machine and its library of matrix products: `coursekit.bench.generation`
    measures it.
    Only the order of the sums changes, so that results are equal up to rounding.

    Args: model: an `nn.Module`. Copied, because its optimizer, and files made from it, expect rows.
    Returns: an `nn.Module` of the same class; `weight` has the same shape and values, and is not contiguous.
    Taught in: 02-transformer
    """
    model = copy.deepcopy(model)
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.weight.data = layer.weight.data.t().contiguous().t()  # (out, in), strides (1, out)
    return model
