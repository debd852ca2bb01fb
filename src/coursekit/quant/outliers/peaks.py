"""How far the largest channels of some activations stick out."""

from coursekit.quant.finite import check_finite


def channel_peaks(x):
    """The largest size of each channel.

    Args:
        x: (.., C), floating point.

    Returns: (C,), in the units of x.
    Raises: ValueError for NaN or infinity.
    Taught in: 05-cuantizacion
    """
    check_finite("x", x)
    return x.detach().abs().reshape(-1, x.shape[-1]).amax(0)


def peak_ratio(x):
    """The peak of the largest channel over that of the middle one: 1 where all are alike.

        max_j p_j / median_j p_j,    p_j = max |x_j|

    Args: as in `channel_peaks`.
    Returns: a number >= 1, infinite where more than half of the channels are 0 and one is not, 1 where all are 0.
    Raises: as there.
    Taught in: 05-cuantizacion
    """
    peaks = channel_peaks(x)
    highest, middle = float(peaks.max()), float(peaks.median())
    if highest == 0:
        return 1.0
    return highest / middle if middle else float("inf")
