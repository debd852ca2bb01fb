"""Prefill: a prompt is read in chunks; only then does decoding begin, one token a step."""

import torch


def prefill(model, cache, ids, chunk=None):
    """Read a prompt into a cache.

    Reading is one product of matrices for many tokens, decoding one of a matrix and a vector for each: the two phases
    are bound by different parts of a machine (arithmetic, and memory). Cut into chunks, a long prompt can let others
    decode in between, which is what `coursekit.serving.scheduling` does.

    Args:
        model: a `Decoder`.
        cache: from its `new_cache`, or one that holds a beginning.
        ids: (B, T) integer, T >= 1, what follows in the text.
        chunk: most tokens at a time, >= 1; None = all at once.

    Returns: (B, V), the scores of the token after the last.
    Raises: ValueError where there are no ids, or a chunk below 1.

    Source: Agrawal et al. 2024 (Sarathi-Serve), section 4.1, for the chunks.
    Taught in: 07-despliegue
    """
    if ids.dim() != 2 or ids.shape[1] < 1:
        raise ValueError(f"ids: expected shape (B, T) with T >= 1, got {tuple(ids.shape)}")
    if chunk is not None and (type(chunk) is not int or chunk < 1):
        raise ValueError(f"chunk: expected a whole number >= 1, got {chunk!r}")
    with torch.inference_mode():
        for part in ids.split(chunk or ids.shape[1], dim=1):
            logits = model(part, cache)[:, -1]  # (B, V)
    return logits
