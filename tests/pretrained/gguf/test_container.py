"""A GGUF file taken apart; whatever is wrong with it is one line that says what and where."""

import struct

import numpy as np
import pytest
from gguf_files import SIZES, tensors, write

from coursekit.pretrained.gguf.container import read_container


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    keys = {
        "a.list": ("array", [1.5, 2.5]),
        "a.flag": ("bool", True),
        "a.long": ("uint64", 1 << 40),
        "a.minus": ("int16", -3),
        "a.nested": ("array", ["uno", "dos"]),
    }
    return write(tmp_path_factory.mktemp("gguf") / "small.gguf", keys=keys)


def test_metadata_and_tensors_are_what_was_written(whole):
    container = read_container(whole)
    assert {key: container.metadata[f"llama.{key}"] for key in SIZES} == SIZES
    assert container.metadata["a.list"] == [1.5, 2.5]
    assert container.metadata["a.flag"] is True
    assert (container.metadata["a.long"], container.metadata["a.minus"]) == (1 << 40, -3)
    assert container.metadata["a.nested"] == ["uno", "dos"]
    written = tensors()
    assert set(container.tensors) == set(written)
    for name, array in written.items():
        assert container.tensors[name].shape == array.shape
        assert np.array_equal(container.raw(name).view("<f4").reshape(array.shape), array)


def test_what_is_asked_for_has_its_type(whole):
    container = read_container(whole)
    assert container.get("llama.block_count", int) == 2
    assert container.get("nothing", int, 7) == 7
    for key, kind, got in (("nothing", int, "no such key"), ("a.flag", int, "bool"), ("a.list", str, "list")):
        with pytest.raises(ValueError, match=f"small.gguf: expected {key} \\({kind.__name__}\\), got {got}$"):
            container.get(key, kind)
    with pytest.raises(ValueError, match="small.gguf: expected a tensor 'nothing', got none of that name$"):
        container.raw("nothing")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999])
def test_a_file_cut_off_anywhere_is_refused(whole, tmp_path, share):
    data = whole.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(
        ValueError, match=r"cut\.gguf.*(cut off|expected a GGUF file|more than the file can hold)"
    ) as raised:
        read_container(path)
    assert "\n" not in str(raised.value)


def _changed(whole, tmp_path, at, new):
    data = bytearray(whole.read_bytes())
    data[at : at + len(new)] = new
    path = tmp_path / "bad.gguf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("at", "new", "problem"),
    [
        (0, b"GGML", "begins with the letters GGUF"),
        (4, struct.pack(">I", 3), "is big-endian"),
        (4, struct.pack("<I", 9), "expected GGUF version 2 or 3, got 9"),
        (4, struct.pack("<I", 1), "expected GGUF version 2 or 3, got 1"),
        (8, struct.pack("<Q", 1 << 60), "more than the file can hold"),
        (16, struct.pack("<Q", 1 << 60), "more than the file can hold"),
        (24, struct.pack("<Q", 1 << 50), "a name of 1125899906842624 bytes"),
        (32, b"\xff", "a string that is not UTF-8"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(whole, tmp_path, at, new, problem):
    with pytest.raises(ValueError, match=problem) as raised:
        read_container(_changed(whole, tmp_path, at, new))
    assert "bad.gguf" in str(raised.value)


def test_what_one_byte_may_do_is_a_line_or_another_model_never_a_crash(whole, tmp_path):
    random, size = np.random.default_rng(0), whole.stat().st_size
    header = 12000
    assert header < size
    for _ in range(300):
        at = int(random.integers(0, header))
        path = _changed(whole, tmp_path, at, bytes([int(random.integers(0, 256))]))
        said = _refusal(path)
        assert said is None or "bad.gguf" in said
        assert "\n" not in (said or "")


def _refusal(path):
    try:
        read_container(path)
    except ValueError as error:
        return str(error)


def _after(whole, text, new, tmp_path, skip=0):
    data = whole.read_bytes()
    return _changed(whole, tmp_path, data.index(text) + len(text) + skip, new)


@pytest.mark.parametrize(
    ("text", "new", "skip", "problem"),
    [
        (b"output_norm.weight", struct.pack("<I", 5), 0, "expected 1 to 4 axes, got 5"),
        (b"output_norm.weight", struct.pack("<I", 0), 0, "expected 1 to 4 axes, got 0"),
        (b"output_norm.weight", struct.pack("<Q", 0), 4, r"got shape \(0,\)"),
        (b"output_norm.weight", struct.pack("<Q", 1 << 62), 4, "cut off: its bytes end at"),
        (b"output_norm.weight", struct.pack("<I", 99), 12, "got type 99"),
        (b"output_norm.weight", struct.pack("<Q", 5), 16, "expected an offset that is a multiple of 32, got 5"),
        (b"output_norm.weight", struct.pack("<Q", 1 << 40), 16, "cut off: its bytes end at"),
        (b"a.list", struct.pack("<I", 77), 0, "a value of type 77"),
        (b"a.list", struct.pack("<Q", 1 << 61), 8, "cut off: an array needs"),
        (b"a.nested", struct.pack("<Q", 1 << 61), 8, "cut off: an array of"),
    ],
)
def test_a_tensor_or_value_that_makes_no_sense_is_refused(whole, tmp_path, text, new, skip, problem):
    with pytest.raises(ValueError, match=problem):
        read_container(_after(whole, text, new, tmp_path, skip))


def test_rows_must_be_whole_blocks(whole, tmp_path):
    weights = {"token_embd.weight": np.zeros((3, 32), np.float32)}
    path = write(tmp_path / "rows.gguf", weights, {"token_embd.weight": 8})
    path = _after(path, b"token_embd.weight", struct.pack("<Q", 31), tmp_path, 4)
    with pytest.raises(ValueError, match="expected rows of a multiple of 32 numbers, got shape"):
        read_container(path)


def test_arrays_in_arrays_end_somewhere(tmp_path, whole):
    nested = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"k" + struct.pack("<I", 9)
    path = tmp_path / "deep.gguf"
    path.write_bytes(nested + struct.pack("<IQ", 9, 1) * 50 + bytes(64))
    with pytest.raises(ValueError, match="arrays too deep"):
        read_container(path)
