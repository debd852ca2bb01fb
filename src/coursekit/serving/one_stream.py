"""A model whose linear layers read their weights in one stream, for one token a step on a CPU."""

import copy
from itertools import chain

from torch import nn

from coursekit.serving.matrix_vector.backend import linear


class OneStreamLinear(nn.Linear):
    """A linear layer by `coursekit.serving.matrix_vector.linear`: equal, and faster for a few tokens on a CPU.

    Args: layer: the `nn.Linear` whose weights it shares.
    Taught in: 02-transformer
    """

    def __init__(self, layer):
        nn.Module.__init__(self)
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.weight, self.bias = layer.weight, layer.bias
        self.train(layer.training)

    def forward(self, x):
        """(..., C) -> (..., O)"""
        return linear(x, self.weight, self.bias)


def in_one_stream(model):
    """A model with the same weights, whose linear layers read them in one stream for one token, or a few.

    The parameters are the model's own, not copies: the second model takes no memory, and training one trains the other.
    Subclasses of `nn.Linear` stay as they are: they do something else. Only the order of the sums changes, so that
    results are equal up to rounding. `coursekit.bench.real_model` measures what it brings.

    Args: model: an `nn.Module`.
    Returns: an `nn.Module` of the same class.
    Taught in: 02-transformer
    """
    shared = {id(tensor): tensor for tensor in chain(model.parameters(), model.buffers())}
    model = copy.deepcopy(model, memo=shared)
    if type(model) is nn.Linear:
        return OneStreamLinear(model)
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if type(layer) is nn.Linear:
                setattr(parent, name, OneStreamLinear(layer))
    return model
