"""What every rung of the ladder asks of its arguments, in one place."""

import torch


def check_inputs(query, key, value, attn_mask, window):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.attention.attention`.
    Raises: ValueError.
    """
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        if tensor.dim() != 4:
            raise ValueError(
                f"{name}: expected 4 dimensions (batch, heads, length, head size), got {tuple(tensor.shape)}"
            )
        if not tensor.is_floating_point():
            raise ValueError(f"{name}: expected a floating-point dtype, got {tensor.dtype}")
    if not query.dtype == key.dtype == value.dtype:
        raise ValueError(
            f"expected one dtype for query, key and value, got {query.dtype}, {key.dtype} and {value.dtype}"
        )
    batch, heads, queries, size = query.shape
    groups, keys = key.shape[1:3]
    if key.shape != (batch, groups, keys, size):
        raise ValueError(f"key: expected batch and head size of query, ({batch}, G, S, {size}), got {tuple(key.shape)}")
    if value.shape[:3] != key.shape[:3]:
        raise ValueError(
            f"value: expected key's batch, heads and length {tuple(key.shape[:3])}, got {tuple(value.shape)}"
        )
    if 0 in (batch, heads, groups, size, value.shape[-1]):
        shapes = ", ".join(str(tuple(x.shape)) for x in (query, key, value))
        raise ValueError(f"expected at least one sequence, one head and a head size >= 1, got shapes {shapes}")
    if heads % groups:
        raise ValueError(f"expected query heads a multiple of key heads, got {heads} query and {groups} key heads")
    if queries == 0 or keys == 0:
        raise ValueError(f"expected at least one query and one key, got lengths {queries} and {keys}")
    if window is not None and (not isinstance(window, int) or isinstance(window, bool) or window < 1):
        raise ValueError(f"window: expected None or a whole number of keys >= 1, got {window!r}")
    if attn_mask is not None:
        _check_mask(attn_mask, (batch, heads, queries, keys), query.dtype)


def _check_mask(attn_mask, scores, dtype):
    if attn_mask.dtype not in (torch.bool, dtype):
        raise ValueError(f"attn_mask: expected dtype bool or {dtype}, got {attn_mask.dtype}")
    sizes = tuple(attn_mask.shape)
    fits = len(sizes) <= 4 and all(m in (1, n) for m, n in zip(reversed(sizes), reversed(scores)))
    if not fits:
        raise ValueError(f"attn_mask: expected a shape that broadcasts to (B, H, T, S) = {scores}, got {sizes}")
