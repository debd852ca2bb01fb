"""A transformers model's options and weights: what every family asks of them."""

import torch


def expect(config, handled):
    """Refuse an option that would change the result and is not handled.

    Args:
        config: a transformers configuration.
        handled: {name of an option: tuple of the values that are handled}; what the configuration does not have passes.

    Raises: ValueError.
    """
    for name, values in handled.items():
        if getattr(config, name, values[0]) not in values:
            raise ValueError(f"{config.model_type}: expected {name} in {values}, got {getattr(config, name)!r}")


def head_of(model, head="lm_head", kind="a language-model head"):
    """The weights by name, after making sure that the model ends in scores over the vocabulary.

    Raises: ValueError for a model without that head.
    """
    weights = model.state_dict()
    if f"{head}.weight" not in weights:
        raise ValueError(f"expected a model with {kind}, got {type(model).__name__}")
    return weights


def weights_of(source, names, ours="", theirs=""):
    """The model's weights and biases under the decoder's names; what the model does not have is left out.

    Args:
        source: {name: tensor}.
        names: {module of the decoder: module of the model}; a tuple of modules shares one matrix in equal parts.
        ours, theirs: what stands before all names, for instance "blocks.3.".

    Returns: {name in the decoder: tensor}.
    """
    weights = {}
    for modules, name in names.items():
        modules = (modules,) if isinstance(modules, str) else modules
        for kind in ("weight", "bias"):
            if f"{theirs}{name}.{kind}" in source:
                pieces = source[f"{theirs}{name}.{kind}"].chunk(len(modules))  # (3 C, C) -> (C, C), or (3 C,) -> (C,)
                weights |= {f"{ours}{module}.{kind}": piece for module, piece in zip(modules, pieces)}
    return weights


def windows(config):
    """The sliding window of each layer, None in those that see everything.

    Raises: ValueError for another kind of layer.
    """
    known = {"full_attention": None, "sliding_attention": config.sliding_window}
    for kind in config.layer_types:
        if kind not in known:
            raise ValueError(f"{config.model_type}: expected layer_types in {tuple(known)}, got {kind!r}")
    return [known[kind] for kind in config.layer_types]


def fill(decoder, model, weights):
    """Copy the weights into the decoder, in the dtype and on the device of the model.

    Args:
        decoder: a `Decoder`, or an `EncoderDecoder`.
        model: the transformers model.
        weights: {name in the decoder: tensor}; must name them all.

    Returns: the decoder, in evaluation mode.
    Raises: ValueError when output layer and embedding should be one matrix and are not.
    """
    head, embedding = weights.get("head.weight"), weights.get("embedding.tokens.weight")
    if head is not None and decoder.config.tied and not torch.equal(head, embedding):
        raise ValueError("tie_word_embeddings: expected False, since output layer and embedding differ, got True")
    any_weight = next(model.parameters())
    decoder = decoder.to(any_weight.device, any_weight.dtype)
    decoder.load_state_dict(weights)
    return decoder.eval()
