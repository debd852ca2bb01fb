"""The stamps of a deck: what is not as it was written counts as stale, and is written anew."""

import pytest

from coursekit.course.decks.cache import Stamps


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"3", b"\xff", b'{"a": ' + b"[" * 100_000, "ñ".encode("latin-1"), b'{"x": 3}'],
)
def test_a_corrupt_cache_is_a_stale_one(tmp_path, content):
    path, output = tmp_path / "cache" / "09-mini.json", tmp_path / "x"
    path.parent.mkdir()
    path.write_bytes(content)
    output.touch()
    stamps = Stamps(path)
    assert not stamps.fresh(output, "digest")
    stamps.save(output, "digest")
    assert Stamps(path).fresh(output, "digest")
    assert not Stamps(path).fresh(output, "another")


def test_a_folder_in_its_place_is_no_cache(tmp_path):
    (tmp_path / "09-mini.json").mkdir()
    assert not Stamps(tmp_path / "09-mini.json").fresh(tmp_path, "digest")
