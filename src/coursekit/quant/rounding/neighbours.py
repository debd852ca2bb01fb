"""The two marks of a ruler between which a weight lies: down or up is all that a rounding chooses."""

import torch

from coursekit.quant.formats.affine import Affine, find_grid, quantize, to_codes


def neighbours(weight, bits, group_size="channel", symmetric=True):
    """The codes below and above each weight, on the ruler of `quantize`.

    Args: as in `coursekit.quant.quantize`.

    Returns: an `Affine` of the codes below; another of those above. They are the same where the weight is a mark, at
        an end of the ruler, or in a group of zeros; elsewhere they differ by 1.
    Raises: ValueError as there.

    Source: Nagel et al. 2020 (AdaRound): floor or ceiling.
    Taught in: 05-cuantizacion
    """
    nearest = quantize(weight, bits, group_size, symmetric)
    scale, zero = find_grid(weight, bits, group_size, symmetric)
    over = (weight.detach().float() - nearest.dequantize()).sign()  # the neighbour is on this side of the nearest
    other = nearest.codes.float() + over
    # an end of the ruler has no neighbour beyond; to_codes clamps as quantize does, and knows groups of zeros
    values = (other.unflatten(-1, (scale.shape[-1], -1)) - zero[..., None]) * scale[..., None]
    other = to_codes(values.flatten(-2), scale, zero, bits, symmetric)
    low, high = torch.minimum(nearest.codes, other), torch.maximum(nearest.codes, other)
    return tuple(Affine(codes, scale, zero, bits, nearest.group_size, symmetric) for codes in (low, high))
