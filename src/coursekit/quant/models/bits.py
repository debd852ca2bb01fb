"""What a rounded model weighs: the codes, and what turns them back."""


def bits_per_weight(rounded, scale_bits=16):
    """Bits that a weight takes, with its part of the scales and zeros.

        b + (scale_bits + (b where a zero is kept)) G / C

    Args:
        rounded: what `quantize_model` returned: {name: `Affine` or `Scaled`}.
        scale_bits: of a stored scale, and of one number of AWQ's column scale.

    Returns: the mean over all weights.
    Taught in: 05-cuantizacion
    """
    total, count = 0, 0
    for result in rounded.values():
        affine = getattr(result, "weight", result)
        total += affine.codes.numel() * affine.bits
        total += affine.scale.numel() * (scale_bits + (0 if affine.symmetric else affine.bits))
        total += scale_bits * result.column_scale.numel() if affine is not result else 0
        count += affine.codes.numel()
    return total / count
