import pytest

from coursekit.root import find_root


def test_the_root_is_found_upwards_or_by_name(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    for folder in ("modules", "notebooks", "slides/deep"):
        (tmp_path / folder).mkdir(parents=True)
    assert find_root(tmp_path / "slides" / "deep") == tmp_path
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    assert find_root() == tmp_path
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path / "slides"))
    with pytest.raises(FileNotFoundError, match="has no modules/ folder"):
        find_root()


def test_elsewhere_the_checkout_itself_is_the_course(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    assert (find_root(tmp_path) / "src" / "coursekit").is_dir()
    monkeypatch.setattr("coursekit.root.__file__", str(tmp_path / "a" / "b" / "root.py"))
    with pytest.raises(FileNotFoundError, match="run this inside a clone"):
        find_root(tmp_path)
