import pytest

from coursekit.course.layout import atomic_write, write_text


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(FileNotFoundError), atomic_write(path) as partial:
        partial.with_name("missing").rename(partial)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_written_whole_into_a_folder_that_is_made(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    for text in ("ñ\n", "otra\nlínea\n"):
        write_text(path, text)
        assert path.read_bytes() == text.encode("utf-8")  # whatever the machine's line ends
    assert list(path.parent.iterdir()) == [path]
