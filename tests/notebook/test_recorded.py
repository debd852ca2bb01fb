import json

import pytest

from coursekit.notebook.recorded import read_recorded


def write(root, text):
    folder = root / "modules" / "09-mini"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recorded.json").write_bytes(text)


def test_what_was_written_is_read_and_nothing_is_empty(tmp_path):
    assert read_recorded(tmp_path, "09-mini") == {}
    document = {"entries": {"atención": {"data": {}}}, "bench": [{"name": "a"}]}
    write(tmp_path, json.dumps(document, ensure_ascii=False).encode())
    assert read_recorded(tmp_path, "09-mini") == document  # utf-8, whatever the system's encoding is


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'{"entries": {', "no se puede leer"),
        ('{"entries": {"ñ": {}}}'.encode("latin-1"), "no se puede leer"),
        (b'{"n": ' + b"9" * 5000 + b"}", "no se puede leer"),
        (b"[" * 100_000, "no se puede leer"),
        (b"", "no se puede leer"),
        (b"3", "no tiene la forma que debe"),
        (b"[]", "no tiene la forma que debe"),
        (b"null", "no tiene la forma que debe"),
        (b'{"entries": []}', "no tiene la forma que debe"),
        (b'{"entries": {"a": 3}}', "no tiene la forma que debe"),
        (b'{"bench": [{"value": 1}]}', "no tiene la forma que debe"),
    ],
)
def test_what_is_broken_is_one_line_that_says_what_to_do(tmp_path, text, problem):
    write(tmp_path, text)
    with pytest.raises(ValueError, match=f"modules/09-mini/recorded.json {problem}.*: recupéralo con git") as caught:
        read_recorded(tmp_path, "09-mini")
    assert "\n" not in str(caught.value)


def test_a_folder_in_its_place_says_so(tmp_path):
    (tmp_path / "modules" / "09-mini" / "recorded.json").mkdir(parents=True)
    with pytest.raises(ValueError, match="modules/09-mini/recorded.json no se puede leer .*: recupéralo con git"):
        read_recorded(tmp_path, "09-mini")
