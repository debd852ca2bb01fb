"""Other classes in place of a model's linear layers."""

from coursekit.quant.models.collect import linear_layers


def replace_layers(model, make, skip=("head",)):
    """Put something else in place of each linear layer, in place.

        replace_layers(decoder, lambda name, layer: W8A8Linear(layer))

    Args:
        model: a module.
        make: called as make(name, layer) -> the module that takes its place.
        skip: names, or ends of names after a dot, to leave out, as in `linear_layers`.

    Returns: the model.
    Raises: ValueError where there is no linear layer.
    Taught in: 05-cuantizacion
    """
    for name, layer in linear_layers(model, skip).items():
        model.set_submodule(name, make(name, layer))
    return model
