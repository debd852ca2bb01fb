"""What the files of this room ask of their arguments, in one line each."""

from numbers import Integral

import torch


def check_tokens(tokens, name):
    """Raise a ValueError unless the tokens are integers (B, T), at least one."""
    if not isinstance(tokens, torch.Tensor):
        raise ValueError(f"{name}: expected a tensor, got {type(tokens).__name__}")
    if tokens.dim() != 2 or not tokens.numel() or tokens.is_floating_point() or tokens.dtype == torch.bool:
        raise ValueError(
            f"{name}: expected integers of shape (B, T), at least one, got {tokens.dtype} {tuple(tokens.shape)}"
        )


def check_mask_id(mask_id, vocabulary=None):
    """Raise a ValueError unless the mask is an id of the vocabulary, whose size need not be known yet."""
    is_id = isinstance(mask_id, Integral) and not isinstance(mask_id, bool) and mask_id >= 0
    if not is_id or (vocabulary is not None and mask_id >= vocabulary):
        known = "" if vocabulary is None else f" (0 to {vocabulary - 1})"
        raise ValueError(f"mask_id: expected the id of a mask token in the model's vocabulary{known}, got {mask_id!r}")


def check_whole(name, value, least=1):
    """Raise a ValueError unless the value is a whole number, at least `least`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: expected a whole number >= {least}, got {value!r}")


def vocabulary_of(model):
    """How many tokens a `Decoder` has, those added after its config was written too; None for another callable."""
    tokens = getattr(getattr(model, "embedding", None), "tokens", None)
    return None if tokens is None else len(tokens.weight)
