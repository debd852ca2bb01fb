import pytest

from coursekit.course.layout import atomic_write, write_text


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(FileNotFoundError), atomic_write(path) as partial:
        partial.with_name("missing").rename(partial)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
