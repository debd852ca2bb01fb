"""Affine weights in a file: what they are, in one line of JSON, then their bytes.

    "CKQ1"  length of the header (uint32)  header (JSON)  scales (float32)  zeros (float32)  codes (packed bits)

Everything little-endian. A checksum of the bytes stands in the header, because a wrong bit would be a wrong product
without a word.
"""

import json
import struct
import zlib
from pathlib import Path

import torch

from coursekit.quant.formats.affine import Affine
from coursekit.quant.formats.bits import pack_bits, unpack_bits

MAGIC, VERSION = b"CKQ", 1
_HEADER = {"shape", "grid", "bits", "group_size", "symmetric", "checksum"}


def save_affine(weights, path):
    """Write weights to a file.

    Args:
        weights: an `Affine`.
        path: where to.

    Returns: the file's length in bytes.
    Taught in: 05-cuantizacion
    """
    numbers = torch.stack([weights.scale, weights.zero]).contiguous().numpy().astype("<f4").tobytes()
    body = numbers + pack_bits(weights.codes, weights.bits).numpy().tobytes()
    header = {name: getattr(weights, name) for name in ("bits", "group_size", "symmetric")}
    header |= {"shape": list(weights.shape), "grid": list(weights.scale.shape), "checksum": zlib.crc32(body)}
    encoded = json.dumps(header, sort_keys=True).encode("ascii")
    content = MAGIC + str(VERSION).encode() + struct.pack("<I", len(encoded)) + encoded + body
    return Path(path).write_bytes(content)


def load_affine(path):
    """Read what `save_affine` wrote.

    Args: path: the file.
    Returns: an `Affine`.
    Raises: ValueError, of one line, for another kind of file, another version, or one that is truncated or damaged;
        OSError where there is none.
    Taught in: 05-cuantizacion
    """
    content = Path(path).read_bytes()
    if content[:3] != MAGIC:
        raise ValueError(f"{path}: expected a file of packed weights, which begins with CKQ, got {content[:3]!r}")
    if content[3:4] != str(VERSION).encode():
        raise ValueError(f"{path}: expected version {VERSION} of packed weights, got {content[3:4]!r}")
    try:
        header, body = _take_apart(content)
        shape, grid, count = header["shape"], header["grid"], torch.Size(header["grid"]).numel()
        if zlib.crc32(body) != header["checksum"]:
            raise ValueError("its checksum does not fit: bytes are missing or changed")
        scale, zero = torch.frombuffer(bytearray(body[: 8 * count]), dtype=torch.float32).view(2, *grid)
        codes = unpack_bits(torch.frombuffer(bytearray(body[8 * count :]), dtype=torch.uint8), header["bits"], shape)
        return Affine(codes, scale, zero, header["bits"], header["group_size"], header["symmetric"])
    except (ValueError, TypeError, KeyError, RuntimeError, struct.error) as error:
        raise ValueError(f"{path}: expected packed weights, got a damaged file: {str(error).splitlines()[0]}") from None


def _take_apart(content):
    (length,) = struct.unpack("<I", content[4:8])
    if len(content) < 8 + length:
        raise ValueError("it ends inside its header")
    header = json.loads(content[8 : 8 + length])
    if not isinstance(header, dict) or set(header) != _HEADER:
        raise ValueError("its header is another one")
    return header, content[8 + length :]
