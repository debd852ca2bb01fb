"""How much of an error reaches the past: the norm of its gradient by distance."""

from contextlib import contextmanager

import torch
from torch.nn.functional import cross_entropy

from coursekit.recurrent.mixer import RecurrentMixer
from coursekit.recurrent.unroll import projected


def gradient_norms(model, inputs, targets, layer=0):
    """The gradient of the loss of the last token by the state of a layer, k tokens before.

        |d loss_T / d state_(T-k)|,  k = 0 .. T - 1

    As in backpropagation, a state's gradient counts all that follows from it: what h gives to the layers above, and the
    h = o tanh(c) of a c. Where the norm falls by a factor a step, as in Elman's network, the past soon teaches nothing.

    Args:
        model: a `Decoder` of `RecurrentMixer`s; it is read token by token.
        inputs: (B, T), integer.
        targets: (B,), integer: the token after the last.
        layer: which mixer's state.

    Returns: (parts, T, B) float tensor: for h, and c where there is one, k in ascending order.
    Raises: ValueError for a layer whose mixer has no recurrent state.

    Source: Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013, section 2.1.
    Taught in: 01-historia
    """
    mixer = model.blocks[layer].mixer
    if not isinstance(mixer, RecurrentMixer):
        raise ValueError(f"layer: expected a RecurrentMixer, got {type(mixer).__name__} in layer {layer}")
    cache, states = model.new_cache(len(inputs)), []
    with torch.enable_grad(), _own_loops(model):
        for token in inputs.split(1, dim=1):  # (B, 1)
            logits = model(token, cache)  # (B, 1, V)
            states.append(cache.layers[layer].state)
        loss = cross_entropy(logits[:, 0], targets, reduction="sum")  # a row's gradient is that of its own loss
        flat = [part for state in states for part in state]
        gradients = torch.autograd.grad(loss, flat)
    norms = torch.stack([gradient.norm(dim=-1) for gradient in gradients])  # (T * parts, B)
    return norms.unflatten(0, (len(states), -1)).transpose(0, 1).flip(1)  # (parts, T, B)


@contextmanager
def _own_loops(model):
    """Torch's compiled loops hand a state out beside the output, not before it: the gradient would miss a way."""
    mixers = [module for module in model.modules() if isinstance(module, RecurrentMixer)]
    before = [mixer.unroll for mixer in mixers]
    try:
        for mixer in mixers:
            mixer.unroll = projected.unroll
        yield
    finally:
        for mixer, unroll in zip(mixers, before):
            mixer.unroll = unroll
