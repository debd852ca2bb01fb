"""Truncated backpropagation through time: the state goes on, the gradient does not."""

from torch.nn.functional import cross_entropy

from coursekit.packing import IGNORED


def truncated_loss(piece):
    """An objective for `coursekit.train.train`, whose gradient looks back no further than the piece that it stands in.

        state_0 = 0;    logits_j, state_j = model(piece_j, stop_gradient(state_(j-1)))
        loss = mean over all targets that count of -log q(target)

    The loss is that of the whole row; only its gradient is cut, at every `piece` tokens.

    Args:
        piece: tokens, at least 1.

    Returns: (model, inputs, targets) -> scalar, nats a token. The model is a `Decoder` whose mixers' caches keep all in
        `state`, as `RecurrentMixer`'s do.
    Raises: ValueError when piece is no whole number >= 1.

    Source: Williams & Peng 1990 (truncated backpropagation); Elman 1990 is the piece of 1.
    Taught in: 01-historia
    """
    if type(piece) is not int or piece < 1:
        raise ValueError(f"piece: expected a whole number >= 1, got {piece!r}")

    def objective(model, inputs, targets):
        cache, total = model.new_cache(len(inputs)), 0.0
        for part, asked in zip(inputs.split(piece, dim=1), targets.split(piece, dim=1)):  # (B, <= piece) twice
            for layer in cache.layers:
                layer.state = tuple(tensor.detach() for tensor in layer.state)
            logits = model(part, cache)  # (B, piece, V)
            total = total + cross_entropy(
                logits.flatten(0, 1), asked.flatten(), ignore_index=IGNORED, reduction="sum"
            )  # fmt: skip
        return total / (targets != IGNORED).sum()

    return objective
