"""Blocks of few bits, back to float32.

A row is cut into blocks of 32 numbers, each with its own scale d (and minimum m), in half precision:

    F32, F16, BF16   the numbers themselves
    Q8_0             d, 32 x int8                       x = d q                     8.5 bits a number
    Q4_0             d, 16 bytes                        x = d (q - 8)               4.5
    Q4_1             d, m, 16 bytes                     x = d q + m                 5.0

A byte of four-bit numbers holds q_i in its low half and q_(i + 16) in its high half. Other types are left to the `gguf`
package.

Source: ggml, ggml-common.h and ggml-quants.c (the layouts); docs/gguf.md (the numbers of the types).
"""

import numpy as np

F32, F16, Q4_0, Q4_1, Q8_0, BF16 = 0, 1, 2, 3, 8, 30
_BLOCKS = {F32: (1, 4), F16: (1, 2), BF16: (1, 2), Q4_0: (32, 18), Q4_1: (32, 20), Q8_0: (32, 34)}
_AT_ONCE = 1 << 16  # blocks: what is held beside the result stays small


def block_of(kind, where):
    """Numbers and bytes of a block.

    Args:
        kind: ggml's number of the type.
        where: what a message begins with.

    Raises: ValueError for a type that neither this file nor the `gguf` package knows.
    """
    return _BLOCKS[kind] if kind in _BLOCKS else _other(kind, where)


def dequantize(raw, kind, out):
    """The numbers of a tensor.

        x = d q + m, block by block

    Args:
        raw: (bytes,) uint8.
        kind: ggml's number of the type.
        out: (numbers,) float32, which receives them.

    Raises: ValueError for a type that is not known.
    """
    if kind in (F32, F16):
        out[:] = raw.view("<f4" if kind == F32 else "<f2")
    elif kind == BF16:  # the upper half of a float32
        out.view(np.uint32)[:] = raw.view("<u2")
        out.view(np.uint32)[:] <<= 16
    elif kind in _BLOCKS:
        values, length = _BLOCKS[kind]
        blocks, out = raw.reshape(-1, length), out.reshape(-1, values)
        for start in range(0, len(blocks), _AT_ONCE):
            _UNPACK[kind](blocks[start : start + _AT_ONCE], out[start : start + _AT_ONCE])
    else:
        _, length = block_of(kind, "tensor")
        out[:] = _by_package(raw.reshape(-1, length), kind).reshape(-1)


def _q8_0(blocks, out):
    np.multiply(_halves(blocks, 0), blocks[:, 2:].view(np.int8), out=out, dtype=np.float32)


def _q4_0(blocks, out):
    _nibbles(blocks[:, 2:], out)
    out -= 8
    out *= _halves(blocks, 0)


def _q4_1(blocks, out):
    _nibbles(blocks[:, 4:], out)
    out *= _halves(blocks, 0)
    out += _halves(blocks, 2)


_UNPACK = {Q8_0: _q8_0, Q4_0: _q4_0, Q4_1: _q4_1}


def _halves(blocks, at):
    """(blocks, 1) float32: the half-precision number at a byte of each block."""
    return np.ascontiguousarray(blocks[:, at : at + 2]).view("<f2").astype(np.float32)


def _nibbles(packed, out):
    out[:, :16] = packed & 15
    out[:, 16:] = packed >> 4


def _other(kind, where):
    known = "F32, F16, BF16, Q8_0, Q4_0 or Q4_1"
    try:
        from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

        values, length = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        _by_package(np.zeros((1, length), np.uint8), kind)
    except ImportError:
        raise ValueError(f"{where}: expected {known}, got type {kind}: `pip install gguf` knows others") from None
    except (KeyError, ValueError, NotImplementedError):
        raise ValueError(f"{where}: expected {known}, or a type of the gguf package, got type {kind}") from None
    return values, length


def _by_package(blocks, kind):
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize as by_package

    return by_package(blocks, GGMLQuantizationType(kind))
