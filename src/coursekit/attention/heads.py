"""Switching many heads off: several at once, or each in turn without computing what lies below it again."""

from contextlib import ExitStack, contextmanager

import torch

from coursekit.attention.inspect import ablate


@contextmanager
def without_heads(model, heads):
    """Switch several heads off, as `coursekit.attention.inspect.ablate` does with one.

    Args:
        model: a `Decoder`.
        heads: iterable of (layer, head).

    Raises: ValueError where there is no such head.
    Taught in: 02-transformer
    """
    with ExitStack() as off:
        for layer, head in heads:
            off.enter_context(ablate(model, layer, head))
        yield


@torch.inference_mode()
def each_head_off(model, input_ids, score, progress=iter):
    """A score of the decoder's logits with each of its heads off in turn.

    What the layers below a head compute does not depend on it: it is computed once, so that this costs half of as many
    forward passes as there are heads.

    Args:
        model: a `Decoder` whose mixers are all `Attention`.
        input_ids: (B, T), integer.
        score: logits (B, T, V) -> a number.
        progress: wraps the iterator over the layers (tqdm, say).

    Returns: the score with all heads on, and (layers, heads) with each off, float64.

    Source: Michel et al. 2019, section 3.1.
    Taught in: 02-transformer
    """
    positions = torch.arange(input_ids.shape[1], device=input_ids.device)
    x = model.embedding(input_ids, positions)  # (B, T, C)
    table = torch.zeros(model.config.layers, model.config.heads, dtype=torch.float64)
    for layer in progress(range(model.config.layers)):
        for head in range(model.config.heads):
            with ablate(model, layer, head):
                table[layer, head] = score(_upwards(model, x, layer, positions))
        x, _ = model.blocks[layer](x, None, positions)
    return score(model.head(model.norm(x))), table


def _upwards(model, x, layer, positions):
    for block in model.blocks[layer:]:
        x, _ = block(x, None, positions)
    return model.head(model.norm(x))
