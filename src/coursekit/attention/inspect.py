"""Looking into a decoder from outside: attention maps, and switching heads off."""

from contextlib import contextmanager

import torch

from coursekit.attention.dot_product.reference import attention_weights
from coursekit.attention.layer import Attention


def attention_maps(model, input_ids):
    """Where each token looks, in every attention layer.

        softmax(Q K^T / sqrt(D))

    Args:
        model: a `Decoder`.
        input_ids: (B, T), integer.

    Returns: {index of the layer: weights (B, H, T, T)}; layers with another mixer are left out.
    Taught in: 02-transformer
    """
    maps = {}

    def record(index):
        def hook(mixer, arguments):
            x, _, positions, _ = arguments
            query, key, _ = mixer.project(x, positions)
            maps[index] = attention_weights(query, key, is_causal=mixer.is_causal, window=mixer.window)

        return hook

    mixers = [(i, block.mixer) for i, block in enumerate(model.blocks) if isinstance(block.mixer, Attention)]
    handles = [mixer.register_forward_pre_hook(record(i)) for i, mixer in mixers]
    try:
        with torch.no_grad():
            model(input_ids)
    finally:
        for handle in handles:
            handle.remove()
    return maps


@contextmanager
def ablate(model, layer, head):
    """Switch one head off: inside the `with`, its output is zero.

        y = Concat(head_1, .., 0, .., head_H) W_O

    Args:
        model: a `Decoder`.
        layer: index of a layer whose mixer is `Attention`.
        head: index of a query head.

    Raises: ValueError when there is no such head.

    Source: Michel et al. 2019, section 2.3.
    Taught in: 02-transformer
    """
    layers, heads = model.config.layers, model.config.heads
    if not 0 <= layer < layers or not isinstance(model.blocks[layer].mixer, Attention):
        raise ValueError(f"expected the index of an attention layer among {layers} layers, got {layer}")
    if not 0 <= head < heads:
        raise ValueError(f"expected a head from 0 to {heads - 1}, got {head}")
    size = model.config.head_size

    def silence(_, arguments):
        (joined,) = arguments  # (B, T, H * D)
        joined = joined.clone()
        joined[..., head * size : (head + 1) * size] = 0
        return (joined,)

    handle = model.blocks[layer].mixer.output.register_forward_pre_hook(silence)
    try:
        yield
    finally:
        handle.remove()


def ablation_table(model, score):
    """The score of a decoder with each of its heads off in turn.

    Args:
        model: a `Decoder` whose mixers are all `Attention`.
        score: model -> a number.

    Returns: (layers, heads), float64.

    Source: Michel et al. 2019, section 3.1.
    Taught in: 02-transformer
    """
    table = torch.zeros(model.config.layers, model.config.heads, dtype=torch.float64)
    for layer in range(model.config.layers):
        for head in range(model.config.heads):
            with ablate(model, layer, head):
                table[layer, head] = score(model)
    return table
