"""What each linear layer of a model is given, gathered while the model reads."""

import torch
from torch import nn

from coursekit.quant.rounding.calibration import Calibration


def linear_layers(model, skip=("head",)):
    """The linear layers of a model, by name.

    Args:
        model: a module.
        skip: names, or ends of names after a dot, to leave out: the output layer, as is the custom.

    Returns: {name: `nn.Linear`}; a layer that is used twice stands once.
    Raises: ValueError where none is left.
    Taught in: 05-cuantizacion
    """
    found = {
        name: layer
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and not any(name == end or name.endswith(f".{end}") for end in skip)
    }
    if not found:
        raise ValueError(f"model: expected linear layers beside {skip}, got none in {type(model).__name__}")
    return found


def collect(model, layers, batches):
    """Run the model, and keep the statistics of each layer's inputs.

    Args:
        model: a module; it is run without gradients and in evaluation mode, and left in the mode it was in.
        layers: {name: layer of the model}.
        batches: what to call the model with, one after another: tensors, for instance tokens (B, T), or tuples.

    Returns: {name: `Calibration`}.
    Raises: ValueError when there is no batch, or a layer is never reached.

    Source: Frantar et al. 2022 (GPTQ): a small sample of inputs is enough.
    Taught in: 05-cuantizacion
    """
    found = {name: Calibration(layer.in_features) for name, layer in layers.items()}
    hooks = [
        layer.register_forward_pre_hook(lambda _, given, name=name: found[name].add(given[0]) and None)
        for name, layer in layers.items()
    ]
    was_training = model.training
    try:
        model.eval()
        with torch.no_grad():
            for batch in batches:
                model(*batch) if isinstance(batch, tuple) else model(batch)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    unseen = [name for name, calibration in found.items() if not calibration.count]
    if unseen:
        raise ValueError(f"batches: expected inputs for every layer, got none for {', '.join(unseen[:3])}")
    return found
