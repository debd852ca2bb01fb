"""A file of packed weights: there and back, and every way to break it."""

import pytest
import torch

from coursekit.quant.formats.affine import quantize
from coursekit.quant.formats.packed_file import load_affine, save_affine


def weights(bits=3, group_size=5):
    return quantize(
        torch.randn(3, 10, generator=torch.Generator().manual_seed(0)), bits, group_size, symmetric=bits % 2 == 0
    )


@pytest.mark.parametrize("group_size", [5, "channel", "tensor"])
@pytest.mark.parametrize("bits", range(1, 9))
def test_there_and_back(tmp_path, bits, group_size):
    given = weights(bits, group_size)
    length = save_affine(given, tmp_path / "w")
    back = load_affine(tmp_path / "w")
    assert length == (tmp_path / "w").stat().st_size
    assert (back.bits, back.group_size, back.symmetric) == (given.bits, given.group_size, given.symmetric)
    for name in ("codes", "scale", "zero"):
        assert getattr(back, name).equal(getattr(given, name))
    header = length - (30 * bits + 7) // 8 - 8 * given.scale.numel()
    assert save_affine(weights(bits, group_size), tmp_path / "w") == length
    assert header < 200


def test_every_cut_and_every_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "w"
    save_affine(weights(), path)
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="expected") as caught:
            load_affine(path)
        assert "\n" not in str(caught.value)
    start = len(content) - 12 - 48  # the codes and the scales
    for place in range(start, len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(ValueError, match="its checksum does not fit: bytes are missing or changed"):
            load_affine(path)


def changed(content, old, new):
    assert old in content
    return content.replace(old, new, 1)


BROKEN = {
    "another kind": (lambda c: b"GGUF" + c[4:], r"which begins with CKQ, got b'GGU'"),
    "another version": (lambda c: c[:3] + b"2" + c[4:], r"expected version 1 of packed weights, got b'2'"),
    "longer": (lambda c: c + b"\0", "its checksum does not fit"),
    "cut in the header": (lambda c: c[:20], "it ends inside its header"),
    "another header": (lambda c: changed(c, b'"bits"', b'"bots"'), "its header is another one"),
    "no JSON": (lambda c: changed(c, b"{", b"("), "a damaged file: "),
    "other bits": (lambda c: changed(c, b'"bits": 3', b'"bits": 2'), "expected 8 bytes for 30 codes of 2 bits"),
    "other groups": (
        lambda c: changed(c, b'"group_size": 5', b'"group_size": 3'),
        "expected a divisor of the 10 columns",
    ),
    "other shape": (lambda c: changed(c, b"[3, 10]", b"[3, 20]"), "expected 23 bytes for 60 codes of 3 bits"),
    "other grid": (lambda c: changed(c, b'"grid": [3, 2]', b'"grid": [9, 9]'), "a damaged file: "),
}


@pytest.mark.parametrize("how", BROKEN)
def test_damage_is_one_clear_line(tmp_path, how):
    break_it, message = BROKEN[how]
    save_affine(weights(), tmp_path / "w")
    (tmp_path / "w").write_bytes(break_it((tmp_path / "w").read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        load_affine(tmp_path / "w")
    assert "\n" not in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_affine(tmp_path / "none")
