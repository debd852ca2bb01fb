"""A whole model, layer by layer, by any of the methods of `coursekit.quant.rounding`."""

from contextlib import suppress

import torch

from coursekit.quant.models.collect import collect, linear_layers
from coursekit.quant.rounding.nearest import round_to_nearest


@torch.no_grad()
def quantize_model(model, method, bits, group="channel", calibration=None, symmetric=True, skip=("head",)):
    """Round the weights of all linear layers, in place: what is left computes in floating point with rounded numbers.

        quantize_model(decoder, gptq, bits=4, group=64, calibration=[tokens])

    Block after block: what a block is given is what the rounded blocks before it make of the calibration, as in the
    papers. All of it takes two runs of the model.

    Args:
        model: a `Decoder`, or another module with `blocks`, each called with the stream first and returning it first.
            A module without them is rounded at once, for the inputs that it has unrounded.
        method: called as `round_to_nearest` is: `gptq`, `awq`, `adaround`, ..., or one with its options bound.
        bits, symmetric: as in `coursekit.quant.quantize`.
        group: its group_size; a layer that it does not divide is refused.
        calibration: batches of tokens (B, T), a list; may be None where the method is `round_to_nearest`.
        skip: layers to leave as they are, by name; layers outside the blocks are rounded last.

    Returns: {name of the layer: what the method returned}.
    Raises: ValueError for numbers that are not finite, groups that do not divide, or a calibration that is missing.

    Source: Frantar et al. 2022 (GPTQ): blocks one after another, on inputs already quantized.
    Taught in: 05-cuantizacion
    """
    layers, rounded = linear_layers(model, skip), {}

    def replace(part, seen):
        for name, layer in part.items():
            rounded[name] = method(layer.weight, seen.get(name), bits, group, symmetric)
            layer.weight.copy_(rounded[name].dequantize())

    if method is round_to_nearest:
        replace(layers, {})
        return rounded
    if not calibration:
        raise ValueError("calibration: expected batches of inputs, got none; only round_to_nearest needs none")
    blocks = getattr(model, "blocks", ())
    inputs = _first_inputs(model, calibration) if blocks else []
    for i, block in enumerate(blocks):
        inside = {name.removeprefix(f"blocks.{i}."): layers.pop(name) for name in list(layers) if _is_in(name, i)}
        if inside:
            seen = collect(block, inside, inputs)
            replace(*({f"blocks.{i}.{name}": value for name, value in found.items()} for found in (inside, seen)))
        inputs = [(block(*given)[0], *given[1:]) for given in inputs]
    if layers:
        replace(layers, collect(model, layers, calibration))
    return rounded


def _is_in(name, block):
    return name.startswith(f"blocks.{block}.")


class _Enough(Exception):
    pass


def _first_inputs(model, batches):
    """What the first block is called with, a tuple for each batch."""
    inputs = []

    def keep(_, given):
        inputs.append(given)
        raise _Enough

    hook = model.blocks[0].register_forward_pre_hook(keep)
    try:
        for batch in batches:
            with suppress(_Enough):
                model(batch)
    finally:
        hook.remove()
    return inputs


def layer_errors(before, model, batches, skip=("head",)):
    """How much of each layer's output a rounding changed, on inputs that the unrounded model gives it.

        mean of ((w - w_hat) x)^2 / mean of (w x)^2

    Args:
        before, model: the same model as it was and as it is.
        batches: as in `collect`.
        skip: as in `quantize_model`.

    Returns: {name: a number >= 0}, 0 where nothing changed.
    Raises: ValueError as `collect`.
    Taught in: 05-cuantizacion
    """
    layers, changed = linear_layers(before, skip), linear_layers(model, skip)
    seen = collect(before, layers, batches)
    errors = {}
    for name, layer in layers.items():
        whole = seen[name].output_error(layer.weight, torch.zeros_like(layer.weight))
        error = seen[name].output_error(layer.weight, changed[name].weight)
        errors[name] = error / whole if whole else 0.0
    return errors
