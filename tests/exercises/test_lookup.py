"""An exercise is found by its number; where a module.toml is broken the student is told in Spanish."""

import pytest

from coursekit.exercises import find_exercise, hint


@pytest.mark.parametrize(
    "text",
    [
        b"[[exercise",
        b"exercise = 3",
        b"exercise = [1]",
        b"[[exercise]]\nid = 3",
        b"[[exercise]]\nid = '09.1'",
        b"[[exercise]]\nid = '09.1'\ntitle = 'x'",
        "# ñ".encode("latin-1"),
        b"x = " + b"[" * 100_000,
        None,
    ],
)
def test_a_broken_manifest_is_one_line_in_spanish(monkeypatch, tmp_path, text):
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "modules" / "09-mini" / "module.toml"
    path.parent.mkdir(parents=True)
    path.mkdir() if text is None else path.write_bytes(text)
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    with pytest.raises(
        LookupError, match=r"^modules/09-mini/module\.toml no se puede leer, o le falta algo: recupéralo"
    ):
        hint("09.1")


def test_an_unknown_number_lists_those_there_are():
    with pytest.raises(LookupError, match=r"No hay ejercicio '99\.9'\. Los que hay: 01\.1, .*03\.1"):
        find_exercise("99.9")
