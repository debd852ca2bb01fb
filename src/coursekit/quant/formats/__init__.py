"""Formats: how few bits stand for a number, and how they lie in memory.

    affine.py       whole numbers of 1 to 8 bits with a scale and a zero: `Affine`, `quantize`, `find_grid`, `to_codes`
    bits.py         codes of few bits side by side in bytes
    floats.py       floating point of 8 and 4 bits: E4M3, E5M2, E2M1
    block_floats.py E2M1 in blocks with a scale: MXFP4, NVFP4
    ternary.py      -1, 0 and 1: from weights, and five of them in a byte
    ggml_blocks.py  the blocks of GGUF: Q8_0, Q4_0, Q4_1, TQ2_0
    packed_file.py  affine weights in a file that notices damage

Dimensions: ... rows, C columns (a row's inputs), g columns of a group, G = C / g groups of a row.
"""

from coursekit.quant.formats.affine import Affine, find_grid, quantize, to_codes
from coursekit.quant.formats.bits import pack_bits, unpack_bits
from coursekit.quant.formats.block_floats import BlockFloat, to_mxfp4, to_nvfp4
from coursekit.quant.formats.floats import E2M1, E4M3, E5M2, SmallFloat
from coursekit.quant.formats.ggml_blocks import from_blocks, to_blocks
from coursekit.quant.formats.packed_file import load_affine, save_affine
from coursekit.quant.formats.ternary import pack_trits, ternarize, unpack_trits

__all__ = [
    "E2M1",
    "E4M3",
    "E5M2",
    "Affine",
    "BlockFloat",
    "SmallFloat",
    "find_grid",
    "from_blocks",
    "load_affine",
    "pack_bits",
    "pack_trits",
    "quantize",
    "save_affine",
    "ternarize",
    "to_blocks",
    "to_codes",
    "to_mxfp4",
    "to_nvfp4",
    "unpack_bits",
    "unpack_trits",
]
