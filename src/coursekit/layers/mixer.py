"""The contract of a mixer: what the skeleton asks of every one, and what it may answer.

    mixer = Mixer(config, linear)                           its options are bound by functools.partial
    y = mixer(x, cache=None, positions=None, mask=None)     (B, T, C) -> (B, T, C)
    cache = mixer.new_cache(batch)                          empty; changed in place by every call that it is given to
    cache.tensors()                                         all tensors that it keeps, so that its bytes can be counted

    positions   (T,) or (B, T), integer; None = counted on from the cache. A mixer may leave them unread.
    mask        bool, broadcasts to (B, H, T, S): True = the query may look at the key, with S the tokens of the cache
                and these. It hides padding, which every mixer must skip, or what a model has to guess. A mixer with a
                state has no scores: it takes masks of padding alone, (B, 1, 1, S), and padding on the left
                (`coursekit.layers.padding`).

A cache has its full size from the start, but for one that waits for a source (`CrossAttention`). What adds up over a
whole text (a state) is kept in at least float32, whatever the weights are.

tests/test_mixers.py holds every mixer to it: a new one gets a line in its table.

Dimensions: B batch, H heads, T tokens, S keys, C width.
"""

import torch


def check_mask(mask):
    """Raise a ValueError for a mask that is not bool; None passes.

    Args:
        mask: as in the contract.

    Raises: ValueError.
    Taught in: 02-transformer
    """
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(f"mask: expected bool, True = may be seen, got {mask.dtype}")
