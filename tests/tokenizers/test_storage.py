"""Files of the three tokenizers: written whole or not at all, read with suspicion."""

import json
from pathlib import Path

import pytest

from coursekit.tokenizers import BPE, Unigram, WordPiece
from coursekit.tokenizers.storage import read_json, write_json

TEXT = "el perro ve al gato, ¡y el gato ve al perro! " * 3
KINDS = [BPE, WordPiece, Unigram]
SIZE = 300

DAMAGED = [
    b"",
    b"\x80\x04\x95",
    b"{",
    b"[" * 100_000,
    b'{"format": ' + b"[" * 100_000,
    b"[]",
    b"{}",
    b'{"format": "coursekit.tokenizers.Other", "content": []}',
    b'{"format": 3, "content": []}',
    b'{"format": ' + b"[" * 500 + b"]" * 500 + b', "content": []}',
    b'{"version": "1.0", "model": {"type": "BPE"}}',
    '{"format": "coursekit.tokenizers.ñ", "content": []}'.encode("latin-1"),
    '{"format": "coursekit.tokenizers.BPE", "content": []}'.encode("utf-16"),
]
CONTENTS = {
    BPE: [[[0]], [[0, 1, 2]], [[0, 256]], [[-1, 0]], [[0, 1.0]], [[True, 0]], ["ab"], [[0, 1], [0, 1]], [[10**400, 0]]],
    WordPiece: [
        *[[], ["a"], ["[UNK]"], ["[UNK]", 3], ["[UNK]", ""], ["[UNK]", "a", "a"], ["[UNK]", "[UNK]"]],
        *[["[UNK]", ["a"]], ["[UNK]", "a\ud800"], ["[UNK]", None]],
    ],
    Unigram: [
        *[[], [3], ["a"], ["ab"], [["a"]], [["a", "b"]], [["a", None]], [["a", True]], [["a", True, 1]], [["", -1.0]]],
        *[[["<unk>", 0]], [["a", -1], ["a", -2]], [["a", -1], ["b", -1], ["a", -1]], [[["a"], -1]], [{"a": -1}]],
        *[[["a", 10**400]], [["a", [-1]]], [["a\udfff", -1.0]], [[3, -1.0]]],
    ],
}
WRONG_TYPES = [None, 7, {}, {"a": -1}, "abc", True, [[[]]], [None]]


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def refused(kind, path):
    with pytest.raises(ValueError, match="expected") as caught:
        kind.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < len(str(path)) + 200
    return message


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_saved_comes_back(kind, tmp_path):
    path, tokenizer = tmp_path / "tokenizer.json", kind.train(TEXT, SIZE)
    tokenizer.save(path)
    assert kind.load(path).vocabulary == tokenizer.vocabulary
    tokenizer.save(str(path))  # over what is there
    assert kind.load(str(path)).encode(TEXT) == tokenizer.encode(TEXT)
    path.write_bytes("\ufeff".encode() + path.read_bytes())  # as an editor may leave it
    assert kind.load(path).vocabulary == tokenizer.vocabulary
    assert [file.name for file in tmp_path.iterdir()] == ["tokenizer.json"]
    for other in {*KINDS} - {kind}:
        assert f"got 'coursekit.tokenizers.{kind.__name__}'" in refused(other, path)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_and_foreign_files_are_refused_in_one_line(kind, tmp_path):
    path = tmp_path / "tokenizer.json"
    for data in DAMAGED:
        path.write_bytes(data)
        assert f"expected a tokenizer saved by coursekit.tokenizers.{kind.__name__}.save, got" in refused(kind, path)
    name = f"coursekit.tokenizers.{kind.__name__}"
    path.write_text(json.dumps({"format": name}))
    assert "expected a tokenizer saved by" in refused(kind, path)
    # at every depth that can be read something must be able to say what was read
    for content in (*CONTENTS[kind], *WRONG_TYPES, *([deep(levels)] for levels in range(1, 400, 57)), ["a" * 10**6]):
        path.write_text(json.dumps({"format": name, "content": content}))
        refused(kind, path)
    for levels in range(700, 1100):
        path.write_text(f'{{"format": "{name}", "content": {"[" * levels}{"]" * levels}}}')
        refused(kind, path)
    for constant in ("NaN", "Infinity", "-Infinity"):
        path.write_text(f'{{"format": "{name}", "content": [["a", {constant}]]}}')
        refused(kind, path)
    with pytest.raises(FileNotFoundError):
        kind.load(tmp_path / "none.json")


@pytest.mark.parametrize("kind", [WordPiece, Unigram])
def test_a_tokenizer_without_pieces_is_not_worth_a_file(kind, tmp_path):
    kind.train(TEXT, SIZE).save(tmp_path / "tokenizer.json")
    before = (tmp_path / "tokenizer.json").read_bytes()
    with pytest.raises(ValueError, match="vocabulary: expected pieces, got none but the unknown one"):
        kind.train("", SIZE).save(tmp_path / "tokenizer.json")
    assert (tmp_path / "tokenizer.json").read_bytes() == before


def full_disk(self, data):
    with open(self, "wb") as file:
        file.write(data[: len(data) // 2])
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("broken", ["write", "rename", "interrupted"])
def test_a_save_that_fails_leaves_the_old_file_whole(kind, broken, tmp_path, monkeypatch):
    path = tmp_path / "tokenizer.json"
    kind.train(TEXT, SIZE).save(path)
    before = path.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt if broken == "interrupted" else PermissionError(13, "Permission denied")

    if broken == "write":
        monkeypatch.setattr(Path, "write_bytes", full_disk)
    else:
        monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises((OSError, KeyboardInterrupt)):
        kind.train(TEXT + " otro", SIZE).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [["\ud800"], float("nan"), {"a": {3}}])
def test_what_is_no_json_touches_no_file(content, tmp_path):
    path = tmp_path / "x.json"
    for _ in range(2):
        with pytest.raises((ValueError, TypeError)):
            write_json(path, "X", content)
        assert not path.exists() or read_json(path, "X", list) == ["whole"]
        write_json(path, "X", ["whole"])


def test_a_link_stays_a_link_and_rights_stay_as_they_were(tmp_path):
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / "x.json", tmp_path / "link.json"
    write_json(file, "X", [1])
    file.chmod(0o640)
    link.symlink_to(file)
    write_json(link, "X", [2])
    assert link.is_symlink()
    assert read_json(file, "X", list) == [2]
    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(OSError, match="x.json|there"):
        write_json(tmp_path / "there", "X", [3])  # a folder
    with pytest.raises(FileNotFoundError):
        write_json(tmp_path / "nowhere" / "x.json", "X", [3])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["link.json", "there", "x.json"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "code"),
    [("\ud800", "D800"), ("a\udbffb", "DBFF"), ("hola \udfff", "DFFF"), ("\udc00a", "DC00"), ("\ude00\ud83d", "DE00")],
)
def test_half_a_character_is_no_text_for_any_of_them(kind, text, code):
    tokenizer = kind.train(TEXT, SIZE)
    uses = [tokenizer.encode, tokenizer.tokens, lambda t: kind.train(t, SIZE), lambda t: kind.train(["a", t], SIZE)]
    for use in uses:
        with pytest.raises(ValueError, match=rf"expected text, got the lone surrogate U\+{code}; replace it"):
            use(text)


def test_a_byte_that_is_no_character_is_text_for_bytes_only():
    text = b"a\xff".decode("utf-8", "surrogateescape")
    bpe = BPE.train(TEXT, SIZE)
    assert bpe.decode_bytes(bpe.encode(text)) == b"a\xff"
    for kind in (WordPiece, Unigram):
        with pytest.raises(ValueError, match=r"lone surrogate U\+DCFF"):
            kind.train(TEXT, SIZE).encode(text)
