"""Padding: a batch of texts of unequal length, filled up so that all of them end at the same place.

Where no token sees a later one, padding on the right is harmless, and padding on the left must be hidden: attention
does not look at it, a state skips it, and positions are counted from the first token on.

    mask = attention_mask.bool()[:, None, None]     (B, 1, 1, S), the mask of the mixers' contract that hides padding

Dimensions: B batch, T tokens, S tokens of the cache and these.
"""

import torch

from coursekit.layers.mixer import check_mask


def real_tokens(attention_mask, input_ids):
    """The mask that tokenizers write as bool, after making sure that it means what it should.

    Args:
        attention_mask: (B, T), 1 or True = a real token, 0 or False = padding.
        input_ids: (B, T).

    Returns: bool (B, T), True = a real token.
    Raises: ValueError for another shape, or values other than 0 and 1 (as in masks that are added to the scores).
    """
    sizes, found = tuple(input_ids.shape), tuple(getattr(attention_mask, "shape", ()))
    if not isinstance(attention_mask, torch.Tensor) or found != sizes:
        found = found or type(attention_mask).__name__
        raise ValueError(f"attention_mask: expected a tensor of the shape of input_ids, {sizes}, got {found}")
    if not ((attention_mask == 0) | (attention_mask == 1)).all():
        raise ValueError("attention_mask: expected 1 for real tokens and 0 for padding, got other values")
    return attention_mask.bool()


def count_positions(input_ids, cache, mask):
    """The positions of tokens that follow those in a cache, each text counted from its first real token on.

    Args:
        input_ids: (B, T).
        cache: a `coursekit.decoder.Cache`, which notes whether a mask hid some of its tokens; or None.
        mask: as in the mixers' contract; what hides no padding, (B, 1, 1, S), does not count. None = no padding.

    Returns: (T,), or (B, T) with padding, whose own positions are 0; integer.
    Raises: ValueError when the mask is not as long as cache and tokens, or is missing after one that hid something.
    Taught in: 02-transformer
    """
    start = 0 if cache is None else cache.length
    stop = start + input_ids.shape[-1]
    positions = torch.arange(start, stop, device=input_ids.device)
    if mask is None:
        if cache is not None and cache.is_padded:
            raise ValueError(f"mask: expected one over all {stop} tokens, since one hid padding in the cache, got None")
        return positions
    if mask.dim() and mask.shape[-1] not in (1, stop):
        raise ValueError(f"mask: expected {stop} tokens, those of the cache and these, got shape {tuple(mask.shape)}")
    if not _is_of_padding(mask) or mask.all():
        return positions
    if cache is not None:
        cache.is_padded = True
    real = mask[:, 0, 0]  # (B, S)
    first = torch.where(real.any(-1), real.byte().argmax(-1), 0)  # (B,); of a text without tokens nothing is read
    return (positions - first[:, None]).clamp(min=0)  # (B, T)


def padded_places(mixer, mask, x, cache=None):
    """Which of the tokens a mixer with a state must skip.

    Args:
        mixer: for the message.
        mask: as in the mixers' contract; None = no padding.
        x: (B, T, C).
        cache: the mixer's own, or None.

    Returns: bool (B, T, 1), True = padding, or None if there is none: a state that is still empty stays so.
    Raises: ValueError for a mask that hides more than padding, or padding behind a token that the state has seen.
    Taught in: 03-mamba
    """
    if mask is None:
        return None
    name, (batch, length) = type(mixer).__name__, x.shape[:2]
    check_mask(mask)
    if not _is_of_padding(mask) or mask.shape[0] not in (1, batch) or mask.shape[3] < length:
        raise ValueError(
            f"mask: expected ({batch}, 1, 1, S) in {name}, which has a state and no scores to hide a pair in: "
            f"it skips padding, got shape {tuple(mask.shape)}"
        )
    real = mask[:, 0, 0]  # (B, S)
    if real[:, -length:].all():
        return None
    behind = real[:, :-1] & ~real[:, 1:]  # (B, S - 1): a token, and then padding
    if cache is None:  # at the end of a text nothing follows
        behind = behind & real.flip(-1).cumsum(-1).flip(-1)[:, 1:].bool()
    if behind.any():
        raise ValueError(f"mask: expected padding on the left in {name}, whose state cannot skip it later; pad there")
    return ~real[:, -length:, None].expand(batch, -1, -1)  # (B, T, 1)


def _is_of_padding(mask):
    """Is it the same for all heads and all queries, (B, 1, 1, S)?"""
    return mask.dim() == 4 and mask.shape[1] == mask.shape[2] == 1
