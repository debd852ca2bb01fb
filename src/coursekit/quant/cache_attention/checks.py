"""What the rungs ask of their arguments."""

import torch


def check_inputs(query, cache, causal=True):
    """Raise a ValueError unless they fit.

    Args: those of `coursekit.quant.cache_attention.reference.attend`.
    """
    B, H = cache.values.shape[:2]
    fits = query.dim() == 4 and query.shape[0] == B and query.shape[1] % H == 0 and query.shape[3] == cache.width
    if not fits or not query.is_floating_point() or not query.shape[1]:
        shape = f"({B}, a multiple of {H}, queries, {cache.width})"
        raise ValueError(f"query: expected floating point {shape}, got {query.dtype} {tuple(query.shape)}")
    if not cache.length or (causal and query.shape[2] > cache.length):
        raise ValueError(f"query: expected from 1 to {cache.length} (those in the cache), got {query.shape[2]}")
    if torch.is_grad_enabled() and query.requires_grad:
        raise ValueError("query: expected no gradient to be wanted (rounded queries have none), got requires_grad")
