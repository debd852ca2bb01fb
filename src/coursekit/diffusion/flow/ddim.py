"""DDIM: the same model of the noise, but the way back is not by chance, and may leave steps out."""


def ddim_step(x, predicted, now, before):
    """One step back, to any earlier one: what the image seems to be, with the same noise again, but less of it.

        x_0 = (x - sqrt(1 - now) predicted) / sqrt(now)
        x <- sqrt(before) x_0 + sqrt(1 - before) predicted

    Args:
        x: (B, ...). predicted: the noise in it, (B, ...).
        now, before: alpha_bar here and there, 0 < now < before <= 1; 1 = the image.

    Returns: (B, ...).
    Raises: ValueError when now and before are out of their range.

    Source: Song et al. 2021 (DDIM), equation 12 with sigma 0.
    Taught in: 06-difusion
    """
    if not 0 < now < before <= 1:
        raise ValueError(f"expected 0 < now < before <= 1, got {now} and {before}")
    image = (x - (1 - now) ** 0.5 * predicted) / now**0.5
    return before**0.5 * image + (1 - before) ** 0.5 * predicted
