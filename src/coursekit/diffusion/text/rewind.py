"""A cache that forgets its last tokens: those of a block that is still being refined."""


def rewind(cache, length):
    """Go back to the first tokens of a cache; what came after is overwritten by what comes next.

    Args:
        cache: a `coursekit.decoder.Cache` whose layers keep every token (`KeyValueCache`).
        length: tokens to keep, at most those that it has.

    Raises: ValueError when the cache has fewer, or a layer keeps a state: that cannot go back.
    Taught in: 06-difusion
    """
    if not 0 <= length <= cache.length:
        raise ValueError(f"length: expected 0 to {cache.length}, the tokens of the cache, got {length}")
    for layer in cache.layers:
        if getattr(layer, "length", None) != cache.length:
            raise ValueError(f"cache: expected layers that keep every token, got {type(layer).__name__}")
        layer.length = length
    cache.length = length
