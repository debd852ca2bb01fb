"""Codes of a few bits side by side in bytes, none left unused.

    byte j holds the bits 8 j .. 8 j + 7 of the stream;  code i the bits  b i .. b i + b - 1, the lowest first

Codes of 3, 5, 6 and 7 bits cross from one byte into the next. Leaves out speed: a bit is a number for a moment.
"""

import numpy as np
import torch


def pack_bits(codes, bits):
    """Whole numbers as a stream of bits.

    Args:
        codes: uint8, any shape, each 0 .. 2^bits - 1; row after row.
        bits: b, 1 .. 8.

    Returns: (ceil(numbers b / 8),) uint8; what is left of the last byte is 0.
    Raises: ValueError for codes that need more bits.
    Taught in: 05-cuantizacion
    """
    numbers = codes.flatten().numpy()
    highest = int(numbers.max(initial=0))
    if codes.dtype != torch.uint8 or highest >= 1 << bits:
        raise ValueError(f"codes: expected uint8 from 0 to {(1 << bits) - 1}, got {codes.dtype} up to {highest}")
    stream = np.unpackbits(numbers[:, None], axis=1, count=bits, bitorder="little")  # (numbers, b)
    return torch.from_numpy(np.packbits(stream, bitorder="little"))


def unpack_bits(packed, bits, shape):
    """What `pack_bits` was given.

    Args:
        packed: (bytes,) uint8.
        bits: b, 1 .. 8.
        shape: of the codes.

    Returns: uint8 of that shape.
    Raises: ValueError where there are more bytes than the codes need, or fewer, or bits after the last code.
    Taught in: 05-cuantizacion
    """
    numbers = int(np.prod(shape))
    needed = -(-numbers * bits // 8)
    if packed.dtype != torch.uint8 or packed.shape != (needed,):
        got = f"{packed.dtype} {tuple(packed.shape)}"
        raise ValueError(f"packed: expected {needed} bytes for {numbers} codes of {bits} bits, got {got}")
    stream = np.unpackbits(packed.numpy(), bitorder="little")
    if stream[numbers * bits :].any():
        raise ValueError("packed: expected zeros after the last code, got other bits")
    codes = np.packbits(stream[: numbers * bits].reshape(numbers, bits), axis=1, bitorder="little")
    return torch.from_numpy(codes.reshape(shape))
