"""A GGUF file taken apart: typed metadata, and where each tensor lies. Nothing is believed that was read.

    "GGUF" | version | number of tensors | number of keys
    key, type, value ...                                      strings and arrays carry their length
    name, shape, type of blocks, offset ...
    padding to the alignment, then the tensors

Everything is little-endian. Leaves out writing, and files in several parts.

Source: ggml, docs/gguf.md, File Structure (version 3).
"""

import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from coursekit.pretrained.gguf.blocks import block_of

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)  # 1 has lengths of 32 bits, and nobody writes it any more
_LONGEST_KEY = 65535
_MOST_AXES = 4
_DEEPEST = 4  # arrays of arrays


@dataclass(frozen=True)
class Tensor:
    """One tensor of the file.

    Attributes:
        shape: rows first, as torch counts: the file has the axis that runs fastest first.
        kind: ggml's number of the block type.
        start, stop: bytes of the file.
    """

    name: str
    shape: tuple
    kind: int
    start: int
    stop: int


@dataclass(frozen=True)
class Container:
    """A file's metadata {key: value} and tensors {name: `Tensor`}; `data` maps its bytes."""

    path: Path
    metadata: dict
    tensors: dict
    data: np.ndarray

    def raw(self, name):
        """The bytes of a tensor, uint8, not copied.

        Raises: ValueError when the file has no such tensor.
        """
        if name not in self.tensors:
            raise ValueError(f"{self.path}: expected a tensor {name!r}, got none of that name")
        tensor = self.tensors[name]
        return self.data[tensor.start : tensor.stop]

    def get(self, key, kind, default=None):
        """A value of the metadata.

        Args:
            key: its name.
            kind: the type (or types) that it must have.
            default: where the file does not say; None = it must.

        Raises: ValueError when it is missing or of another type.
        """
        value = self.metadata.get(key, default)
        if value is None or not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            what = "no such key" if key not in self.metadata else type(value).__name__
            raise ValueError(f"{self.path}: expected {key} ({_named(kind)}), got {what}")
        return value


def read_container(path):
    """Read what a GGUF file says of itself, and check that all tensors lie inside it.

    Args: path: the file.
    Returns: a `Container`.
    Raises: ValueError, of one line that names the file and the place, when it is none, is cut off, is big-endian, or
        its lengths make no sense; OSError when it cannot be opened.
    """
    path = Path(path)
    if path.stat().st_size < 24:
        raise ValueError(f"{path}: expected a GGUF file, got {path.stat().st_size} bytes")
    data = np.memmap(path, np.uint8, "r")
    cursor = _Cursor(path, memoryview(data))
    tensors, keys = _head(cursor)
    metadata = {}
    for _ in range(keys):
        key = cursor.string(_LONGEST_KEY)
        if key in metadata:
            cursor.fail(f"key {key!r} comes twice")
        metadata[key] = cursor.value(cursor.number("I"))
    infos = [_info(cursor) for _ in range(tensors)]
    alignment = metadata.get("general.alignment", 32)
    if type(alignment) is not int or alignment < 8 or alignment % 8:
        cursor.fail(f"general.alignment: expected a multiple of 8, got {alignment!r}")
    begin = -(-cursor.at // alignment) * alignment
    return Container(path, metadata, _placed(cursor, infos, begin, alignment, len(data)), data)


class _Cursor:
    """Where the reading stands in the file."""

    def __init__(self, path, view):
        self.path, self.view, self.at = path, view, 0

    def fail(self, problem):
        raise ValueError(f"{self.path}, byte {self.at}: {problem}")

    def take(self, count, what):
        if count > len(self.view) - self.at:
            self.fail(f"cut off: {what} needs {count} bytes, the file has {len(self.view) - self.at} more")
        self.at += count
        return self.view[self.at - count : self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code), "a number"))[0]

    def string(self, longest=None):
        length = self.number("Q")
        if longest is not None and length > longest:
            self.fail(f"a name of {length} bytes, more than {longest}")
        text = bytes(self.take(length, "a string"))
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            self.fail("a string that is not UTF-8")

    def value(self, kind, depth=0):
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY or depth == _DEEPEST:
            self.fail(f"a value of type {kind}, which GGUF does not have" if kind != _ARRAY else "arrays too deep")
        kind, length = self.number("I"), self.number("Q")
        if kind in _NUMBERS:
            code = f"<{length}{_NUMBERS[kind]}"
            return list(struct.unpack(code, self.take(length * struct.calcsize("<" + _NUMBERS[kind]), "an array")))
        if 8 * length > len(self.view) - self.at:  # each element has at least its length
            self.fail(f"cut off: an array of {length}, the file has {len(self.view) - self.at} more bytes")
        return [self.value(kind, depth + 1) for _ in range(length)]


def _head(cursor):
    if bytes(cursor.take(4, "its name")) != b"GGUF":
        raise ValueError(f"{cursor.path}: expected a GGUF file, which begins with the letters GGUF")
    version = cursor.number("I")
    if version not in _VERSIONS and int.from_bytes(version.to_bytes(4, "little"), "big") in _VERSIONS:
        raise ValueError(f"{cursor.path}: is big-endian: convert it on a little-endian machine")
    if version not in _VERSIONS:
        raise ValueError(f"{cursor.path}: expected GGUF version 2 or 3, got {version}")
    tensors, keys = cursor.number("Q"), cursor.number("Q")
    if 24 * tensors + 12 * keys > len(cursor.view):  # what each has at least
        cursor.fail(f"{tensors} tensors and {keys} keys, more than the file can hold")
    return tensors, keys


def _info(cursor):
    """(name, shape, kind, offset) of one tensor."""
    name, axes = cursor.string(_LONGEST_KEY), cursor.number("I")
    if not 1 <= axes <= _MOST_AXES:
        cursor.fail(f"tensor {name!r}: expected 1 to {_MOST_AXES} axes, got {axes}")
    shape = tuple(cursor.number("Q") for _ in range(axes))[::-1]
    return name, shape, cursor.number("I"), cursor.number("Q")


def _placed(cursor, infos, begin, alignment, size):
    """{name: `Tensor`}, each inside the file."""
    tensors = {}
    for name, shape, kind, offset in infos:
        where = f"{cursor.path}, tensor {name!r}"
        if name in tensors:
            raise ValueError(f"{where}: comes twice")
        values, length = block_of(kind, where)
        if prod(shape) < 1 or shape[-1] % values:
            raise ValueError(f"{where}: expected rows of a multiple of {values} numbers, got shape {shape}")
        start, stop = begin + offset, begin + offset + prod(shape) // values * length
        if offset % alignment:
            raise ValueError(f"{where}: expected an offset that is a multiple of {alignment}, got {offset}")
        if stop > size:
            raise ValueError(f"{where}: cut off: its bytes end at {stop}, the file at {size}")
        tensors[name] = Tensor(name, shape, kind, start, stop)
    return tensors


def _named(kind):
    return " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
