"""The error of rounding to a ruler, without rounding anything: a step's width over the root of twelve."""

from math import log10


def rounding_noise(step):
    """Mean square of an error that lies anywhere within half a step, each place as probable.

        step^2 / 12

    True for numbers spread over many steps; for a few steps, or numbers beyond the ends, it is not.

    Args:
        step: distance of two marks, >= 0, in any unit.

    Returns: in the square of that unit.
    Raises: ValueError for a step below 0.

    Source: Bennett 1948 (Spectra of Quantized Signals).
    Taught in: 05-cuantizacion
    """
    if not step >= 0:
        raise ValueError(f"step: expected a number >= 0, got {step!r}")
    return step**2 / 12


def noise_of_bits(largest, bits):
    """That of b bits over -largest .. largest: each bit less doubles the error's size.

        (2 largest / (2^b - 2))^2 / 12,    symmetric codes: 2^b - 1 marks, 2^b - 2 steps

    Args:
        largest: > 0.
        bits: >= 2.

    Returns: mean square error, in the square of the unit of `largest`.
    Raises: ValueError when one is out of its range.

    Source: Bennett 1948, and the codes of `coursekit.quant.quantize`.
    Taught in: 05-cuantizacion
    """
    if not largest > 0 or not bits >= 2:
        raise ValueError(f"expected largest > 0 and bits >= 2, got {largest!r} and {bits!r}")
    return rounding_noise(2 * largest / (2**bits - 2))


def signal_to_noise(signal, noise):
    """10 log10 of one mean square over the other, in decibels; 6 more for each bit.

    Args:
        signal, noise: mean squares, > 0.

    Returns: dB.
    Raises: ValueError unless both are > 0.
    Taught in: 05-cuantizacion
    """
    if not signal > 0 or not noise > 0:
        raise ValueError(f"expected mean squares > 0, got {signal!r} and {noise!r}")
    return 10 * log10(signal / noise)
