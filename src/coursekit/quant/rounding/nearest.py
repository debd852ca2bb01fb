"""Each weight to the nearest mark of its ruler: what every other way is measured against."""

from coursekit.quant.formats.affine import quantize


def round_to_nearest(weight, calibration, bits, group_size="channel", symmetric=True):
    """`quantize`, called as its rivals are: the inputs are not looked at.

    Args:
        weight: (outputs, C), floating point.
        calibration: a `Calibration` of the inputs; may be None here.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`.

    Returns: an `Affine`.
    Raises: ValueError as there.

    Source: Frantar et al. 2022 (GPTQ), where it is RTN, the baseline.
    Taught in: 05-cuantizacion
    """
    return quantize(weight, bits, group_size, symmetric)
