"""GGUF's blocks: byte for byte those of the `gguf` package, and read back by it and by our reader of such files."""

import numpy as np
import pytest

from coursekit.pretrained.gguf import blocks as reader
from coursekit.quant.formats.ggml_blocks import SIZES, from_blocks, to_blocks


def package(kind):
    quants = pytest.importorskip("gguf.quants")
    from gguf.constants import GGMLQuantizationType

    return quants, GGMLQuantizationType[kind]


def rows(kind, count=400):
    """Ordinary rows, tiny and large ones, zeros, one number alone, whole numbers with halves, all equal."""
    numbers, _ = SIZES[kind]
    random = np.random.default_rng(0)
    x = random.normal(size=(count, numbers)) * np.logspace(-9, 4, count)[:, None]
    x[0], x[1], x[2] = 0, 0, random.integers(-254, 255, numbers) / 2
    x[1, 7], x[3] = -3, 2.5
    return x.astype(np.float32)


@pytest.mark.parametrize("kind", SIZES)
def test_byte_for_byte_the_package_s(kind):
    quants, number = package(kind)
    x = rows(kind)
    ours, theirs = to_blocks(x, kind), quants.quantize(x, number)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(from_blocks(ours, kind), quants.dequantize(theirs, number))


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0", "Q4_1"])
def test_our_reader_of_files_reads_them(kind):
    raw = to_blocks(rows(kind), kind)
    out = np.empty(raw.size // SIZES[kind][1] * SIZES[kind][0], np.float32)
    reader.dequantize(raw.reshape(-1), getattr(reader, kind), out)
    np.testing.assert_array_equal(out, from_blocks(raw, kind).reshape(-1))


def test_a_block_by_hand():
    # largest 127: d = 1, 0x3c00 in half precision, the low byte first; 0.5 is rounded away from 0
    x = np.zeros(32, np.float32)
    x[:4] = 127, -2, 0.5, -0.5
    assert to_blocks(x, "Q8_0")[:7].tolist() == [0, 0x3C, 127, 254, 1, 255, 0]
    # the largest, -8, is code 0: d = -8 / -8 = 1; 0 is code 8: 0x80 in a byte whose low half is code 0
    x[:4] = -8, 0, 0, 7
    assert to_blocks(x, "Q4_0")[:6].tolist() == [0, 0x3C, 0x80, 0x88, 0x88, 0x8F]
    x = np.zeros(256, np.float32)
    x[0], x[32], x[96] = 1, -1, 1  # codes 2, 0, (1), 2: 2 + 0 + 1 16 + 2 64
    assert to_blocks(x, "TQ2_0")[[0, 1, 64, 65]].tolist() == [146, 0b01010101, 0, 0x3C]


def test_shapes():
    x = np.ones((2, 3, 512), np.float32)
    for kind, (numbers, length) in SIZES.items():
        raw = to_blocks(x, kind)
        assert raw.shape == (2, 3, 512 // numbers * length)
        np.testing.assert_allclose(from_blocks(raw, kind), x, rtol=2**-11)
    assert to_blocks(np.ones((0, 32), np.float32), "Q8_0").shape == (0, 34)
    assert from_blocks(np.ones((0, 34), np.uint8), "Q8_0").shape == (0, 32)


BAD = [
    (lambda: to_blocks(np.ones(40), "Q4_0"), r"Q4_0: expected rows of whole blocks of 32, got shape \(40,\)"),
    (lambda: to_blocks(np.ones(32) * np.nan, "Q4_1"), "Q4_1: expected finite numbers, got 32 that are not"),
    (
        lambda: to_blocks(np.ones(32) * 1e38, "Q8_0"),
        r"expected a scale that half precision can hold \(up to 65504\), got",
    ),
    (lambda: to_blocks(np.ones(32), "Q5_K"), "kind: expected Q8_0, Q4_0, Q4_1, TQ2_0, got 'Q5_K'"),
    (
        lambda: from_blocks(np.zeros(35, np.uint8), "Q8_0"),
        r"Q8_0: expected uint8 rows of whole blocks of 34 bytes, got \(35,",
    ),
    (lambda: from_blocks(np.zeros(34), "Q8_0"), r"Q8_0: expected uint8 rows of whole blocks of 34 bytes, got"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
