"""Blocks of llama.cpp's file, GGUF: what quantizing writes, byte for byte, and back.

    Q8_0     32 numbers: d, 32 x int8                             x = d q               34 bytes, 8.5 bits a number
    Q4_0     32 numbers: d, 16 bytes                              x = d (q - 8)         18 bytes, 4.5
    Q4_1     32 numbers: d, m, 16 bytes                           x = d q + m           20 bytes, 5.0
    TQ2_0    256 numbers: 64 bytes, d                             x = d (q - 1)         66 bytes, 2.0625

d and m are in half precision. A byte of Q4 holds q_i in its low half and q_(i + 16) in its high half; byte i of each 32
of TQ2_0 holds q_i, q_(i + 32), q_(i + 64), q_(i + 96), from its lowest bits up.

Source: ggml, ggml-quants.c (`quantize_row_..._ref`).
"""

import numpy as np

SIZES = {"Q8_0": (32, 34), "Q4_0": (32, 18), "Q4_1": (32, 20), "TQ2_0": (256, 66)}  # numbers, bytes


def to_blocks(x, kind):
    """Numbers as blocks.

    Args:
        x: (..., C) float32, numpy, finite; C a multiple of the block.
        kind: "Q8_0", "Q4_0", "Q4_1" or "TQ2_0".

    Returns: (..., bytes) uint8, as ggml's reference and the `gguf` package write them.
    Raises: ValueError, also where a scale is too large for half precision.
    Taught in: 05-cuantizacion
    """
    numbers, length = _sizes(kind)
    x = np.asarray(x, np.float32)
    if not x.ndim or x.shape[-1] % numbers:
        raise ValueError(f"{kind}: expected rows of whole blocks of {numbers}, got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"{kind}: expected finite numbers, got {int((~np.isfinite(x)).sum())} that are not")
    return _TO[kind](x.reshape(-1, numbers)).reshape(*x.shape[:-1], x.shape[-1] // numbers * length)


def from_blocks(blocks, kind):
    """The numbers of blocks.

    Args:
        blocks: (..., bytes) uint8, numpy.
        kind: as in `to_blocks`.

    Returns: (..., C) float32.
    Raises: ValueError for a row that is cut off inside a block.
    Taught in: 05-cuantizacion
    """
    numbers, length = _sizes(kind)
    if blocks.dtype != np.uint8 or not blocks.ndim or blocks.shape[-1] % length:
        raise ValueError(f"{kind}: expected uint8 rows of whole blocks of {length} bytes, got {blocks.shape}")
    return _FROM[kind](blocks.reshape(-1, length)).reshape(*blocks.shape[:-1], blocks.shape[-1] // length * numbers)


def _to_q8_0(x):
    d = np.abs(x).max(-1, keepdims=True) / np.float32(127)
    return np.concatenate([_half(d), _away(x * _inverse(d)).astype(np.int8).view(np.uint8)], -1)


def _to_q4_0(x):
    d = np.take_along_axis(x, np.abs(x).argmax(-1)[:, None], -1) / np.float32(
        -8
    )  # the largest, sign and all, is code 0
    return np.concatenate([_half(d), _nibbles(x * _inverse(d) + np.float32(8.5))], -1)


def _to_q4_1(x):
    m = x.min(-1, keepdims=True)
    d = (x.max(-1, keepdims=True) - m) / np.float32(15)
    return np.concatenate([_half(d), _half(m), _nibbles((x - m) * _inverse(d) + np.float32(0.5))], -1)


def _to_tq2_0(x):
    d = np.abs(x).max(-1, keepdims=True)
    q = (_away(x * _inverse(d)) + 1).astype(np.uint8).reshape(-1, 2, 4, 32)
    q = q[:, :, 0] | q[:, :, 1] << 2 | q[:, :, 2] << 4 | q[:, :, 3] << 6
    return np.concatenate([q.reshape(-1, 64), _half(d)], -1)


def _from_q8_0(blocks):
    return _scale(blocks, 0) * blocks[:, 2:].view(np.int8)


def _from_q4_0(blocks):
    return _scale(blocks, 0) * (_from_nibbles(blocks[:, 2:]) - np.float32(8))


def _from_q4_1(blocks):
    return _scale(blocks, 0) * _from_nibbles(blocks[:, 4:]) + _scale(blocks, 2)


def _from_tq2_0(blocks):
    q = blocks[:, :64].reshape(-1, 2, 1, 32) >> np.array([0, 2, 4, 6], np.uint8)[:, None] & 3
    return _scale(blocks, 64) * (q.reshape(-1, 256).astype(np.float32) - 1)


_TO = {"Q8_0": _to_q8_0, "Q4_0": _to_q4_0, "Q4_1": _to_q4_1, "TQ2_0": _to_tq2_0}
_FROM = {"Q8_0": _from_q8_0, "Q4_0": _from_q4_0, "Q4_1": _from_q4_1, "TQ2_0": _from_tq2_0}


def _sizes(kind):
    if kind not in SIZES:
        raise ValueError(f"kind: expected {', '.join(SIZES)}, got {kind!r}")
    return SIZES[kind]


def _inverse(d):
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(d == 0, np.float32(0), np.float32(1) / d)


def _away(x):
    """To the nearest whole number, halves away from 0, as C rounds."""
    size = np.abs(x)
    whole = np.floor(size)
    return np.sign(x) * (whole + np.floor(2 * (size - whole)))


def _half(d):
    with np.errstate(over="ignore"):
        half = d.astype("<f2")
    if not np.isfinite(half).all():
        raise ValueError(f"expected a scale that half precision can hold (up to 65504), got {np.abs(d).max():g}")
    return half.view(np.uint8)


def _nibbles(q):
    q = np.trunc(q).clip(0, 15).astype(np.uint8)
    return q[:, :16] | q[:, 16:] << 4


def _from_nibbles(packed):
    return np.concatenate([packed & 15, packed >> 4], -1).astype(np.float32)


def _scale(blocks, at):
    return np.ascontiguousarray(blocks[:, at : at + 2]).view("<f2").astype(np.float32)
