"""Kernels that numba compiles once on each machine, and again where a file that they are made of has changed."""

from hashlib import sha256
from pathlib import Path

from numba import njit


def kernel(*parts):
    """numba's `njit` with its cache on the disk, which by itself only sees changes of the kernel's own file.

        @kernel(lanes, exponentials)
        def forward(u, delta): ...

    Division by zero gives infinity, and other threads run meanwhile.

    Args:
        parts: the modules of which functions become part of the kernel.

    Returns: a decorator.
    Taught in: 03-mamba
    """

    def decorate(function):
        compiled = njit(cache=True, nogil=True, error_model="numpy")(function)
        file = compiled._cache._cache_file  # numba has no public way to say so; test_compiled.py sees that this works
        file._source_stamp = (
            file._source_stamp,
            *(sha256(Path(part.__file__).read_bytes()).digest() for part in parts),
        )
        return compiled

    return decorate
