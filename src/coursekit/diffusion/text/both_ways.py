"""A decoder that was trained from left to right, with its mask taken off: where Dream and DiffuGPT start."""


def both_ways(decoder):
    """Let every token see every other; the weights stay, and must learn what to do with it.

    Args:
        decoder: a `Decoder` whose mixers are all attention (they have `is_causal`); changed in place.

    Returns: the decoder.
    Raises: ValueError for a mixer that cannot look ahead.

    Source: Gong et al. 2025 (DiffuGPT), attention mask annealing; Ye et al. 2025 (Dream 7B).
    Taught in: 06-difusion
    """
    for block in decoder.blocks:
        if not hasattr(block.mixer, "is_causal"):
            raise ValueError(f"decoder: expected mixers that can look ahead, got {type(block.mixer).__name__}")
    for block in decoder.blocks:
        block.mixer.is_causal = False
    return decoder
