"""Activations to int8: the largest number of each token becomes 127."""

from coursekit.layers.full_precision import at_least_float32
from coursekit.quant.finite import check_finite


def absmax(x, bits=8):
    """Whole numbers, and a scale for each row.

        codes = round(Q x / max|x|),  Q = 2^(b-1) - 1,  x ~ codes * scale,  scale = max|x| / Q

    Args:
        x: (.., C), floating point; the largest of each token is taken over C.
        bits: b, 2 .. 8.

    Returns: codes, the shape of x, whole numbers from -Q to Q; scale (.., 1), in the units of x, at least 1e-5 / Q, so
        that a token of zeros stays one. Both at least float32.
    Raises: ValueError for NaN or infinity, or bits out of their range.

    Source: Wang et al. 2023 (BitNet), section 2.1; Ma et al. 2024 (BitNet b1.58), section 2, one scale for each token.
    Taught in: 05-cuantizacion
    """
    check_finite("x", x)
    if type(bits) is not int or not 2 <= bits <= 8:
        raise ValueError(f"bits: expected 2 to 8, got {bits!r}")
    most = 2 ** (bits - 1) - 1
    (x,) = at_least_float32(x)
    # as the published code computes it: scaled by a number, divided by it afterwards
    scale = most / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)  # (.., 1)
    return (x * scale).round().clamp(-most, most), 1 / scale


def absmax_error(bits=8):
    """The largest error of `absmax`, relative to the largest number of the token: half a step, 1 / (2 Q)."""
    return 0.5 / (2 ** (bits - 1) - 1)
