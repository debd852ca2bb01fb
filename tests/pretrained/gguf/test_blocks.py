"""Blocks of few bits come back as the `gguf` package has them, and as the formula says."""

import gguf
import numpy as np
import pytest

from coursekit.pretrained.gguf import blocks

TYPES = {
    "F32": blocks.F32,
    "F16": blocks.F16,
    "BF16": blocks.BF16,
    "Q8_0": blocks.Q8_0,
    "Q4_0": blocks.Q4_0,
    "Q4_1": blocks.Q4_1,
    "Q5_0": 6,
    "TQ2_0": 35,
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("rows", [1, 3])
def test_numbers_are_those_of_the_package(name, rows):
    kind = gguf.GGMLQuantizationType[name]
    assert kind == TYPES[name]
    array = np.random.default_rng(rows).normal(size=(rows, 512)).astype(np.float32)
    raw = gguf.quants.quantize(array, kind)
    out = np.full(array.size, np.nan, np.float32)
    blocks.dequantize(np.ascontiguousarray(raw).view(np.uint8).reshape(-1), TYPES[name], out)
    assert np.array_equal(out, gguf.quants.dequantize(raw, kind).reshape(-1))
    values, length = blocks.block_of(TYPES[name], "x")
    assert raw.nbytes * values == array.size * length


def test_the_first_number_of_a_byte_is_in_its_low_half_and_the_second_sixteen_further():
    half = np.array([0.5, -3.0], "<f2").view(np.uint8)
    packed = np.array([0x21 + i for i in range(16)], np.uint8)
    out = np.empty(32, np.float32)
    blocks.dequantize(np.concatenate([half, packed]), blocks.Q4_1, out)
    assert out[:3].tolist() == [0.5 * 1 - 3, 0.5 * 2 - 3, 0.5 * 3 - 3]
    assert out[16:18].tolist() == [0.5 * 2 - 3, 0.5 * 2 - 3]
    blocks.dequantize(np.concatenate([half[:2], packed]), blocks.Q4_0, out)
    assert out[:2].tolist() == [0.5 * (1 - 8), 0.5 * (2 - 8)]


def test_many_blocks_are_read_in_pieces(monkeypatch):
    array = np.random.default_rng(0).normal(size=(7, 32)).astype(np.float32)
    raw = gguf.quants.quantize(array, gguf.GGMLQuantizationType.Q8_0).reshape(-1)
    whole, pieces = np.empty(224, np.float32), np.empty(224, np.float32)
    blocks.dequantize(raw, blocks.Q8_0, whole)
    monkeypatch.setattr(blocks, "_AT_ONCE", 3)
    blocks.dequantize(raw, blocks.Q8_0, pieces)
    assert np.array_equal(whole, pieces)
    assert np.abs(whole - array.reshape(-1)).max() < np.abs(array).max() / 127


@pytest.mark.parametrize("kind", [4, 99, 12345])
def test_a_type_that_nobody_knows_is_refused(kind):
    with pytest.raises(
        ValueError, match=f"^here: expected F32, F16, .* or a type of the gguf package, got type {kind}$"
    ):
        blocks.block_of(kind, "here")


def test_without_the_package_the_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gguf.constants", None)
    with pytest.raises(ValueError, match="got type 6: `pip install gguf` knows others$"):
        blocks.block_of(6, "here")
