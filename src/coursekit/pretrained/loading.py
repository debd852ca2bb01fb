"""What the families share."""


def expect(config, handled):
    """Refuse an option that would change the result and is not handled.

    Args:
        config: a transformers configuration.
        handled: {name of an option: tuple of the values that are handled}.

    Raises: ValueError.
    """
    for name, values in handled.items():
        if getattr(config, name) not in values:
            raise ValueError(f"{config.model_type}: expected {name} in {values}, got {getattr(config, name)!r}")


def fill(decoder, model, weights):
    """Copy the weights into the decoder, in the dtype and on the device of the model.

    Args:
        decoder: a `Decoder`.
        model: the transformers model.
        weights: {name in the decoder: tensor}; must name them all.

    Returns: the decoder, in evaluation mode.
    """
    any_weight = next(model.parameters())
    decoder = decoder.to(any_weight.device, any_weight.dtype)
    decoder.load_state_dict(weights)
    return decoder.eval()


def head_of(model):
    """The weights by name, after making sure that the model ends in scores over the vocabulary.

    Raises: ValueError for a model without a language-model head.
    """
    weights = model.state_dict()
    if "lm_head.weight" not in weights:
        raise ValueError(f"expected a model with a language-model head, got {type(model).__name__}")
    return weights
