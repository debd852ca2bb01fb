"""Reading a text of any length piece by piece, with nothing kept but the mixers' caches."""

from math import log

import torch


@torch.inference_mode()
def stream_log2_probabilities(model, tokens, piece=4096, progress=iter):
    """log2 of the probability of each token after the first, given all tokens before it.

        log2 q(token_t | token_1 .. token_{t-1}),  t = 2 .. n

    The same as from one forward pass over the whole text, in memory that does not grow with it where the caches
    do not grow: only one piece of logits exists at a time.

    Args:
        model: a `Decoder` whose config.context holds the text.
        tokens: ids of the text, (n,), integer, n >= 2, on the model's device.
        piece: tokens read at a time, at least 1.
        progress: wraps the iterator over the pieces (tqdm, say).

    Returns: (n - 1,), on the CPU, bits; a probability of 1 is 0. float32, or float64 where the logits are.
    Raises: ValueError when the text or the piece is too short.
    Taught in: 03-mamba
    """
    if tokens.dim() != 1 or len(tokens) < 2 or type(piece) is not int or piece < 1:
        raise ValueError(
            f"expected tokens (n,) with n >= 2, and piece >= 1, got {tuple(tokens.shape)} and {piece}"
        )  # fmt: skip
    cache = model.new_cache(1)
    bits = []
    for start in progress(range(0, len(tokens) - 1, piece)):
        read = tokens[start : min(start + piece, len(tokens) - 1)]  # (piece,)
        asked = tokens[start + 1 : start + 1 + len(read)]
        logits = model(read[None], cache)[0]  # (1, T) -> (T, V)
        # half precision is too coarse for sums over the vocabulary
        scores = logits.to(torch.promote_types(logits.dtype, torch.float32)).log_softmax(-1)
        bits.append((scores.gather(1, asked[:, None])[:, 0] / log(2)).cpu())  # (T,)
    return torch.cat(bits)
