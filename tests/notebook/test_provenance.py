from coursekit.notebook.provenance import code_hash, files_hash, machine, versions


def test_a_hash_sees_code_and_is_blind_to_comments_magics_and_spaces():
    base = code_hash("x = 1\ny = 2")
    assert code_hash("# a comment\nx  =  1\n\n%time y\ny = 2  # two") == base
    assert code_hash("x = 1\ny = 3") != base
    assert code_hash("if x:\n    !ls") == code_hash("if x:\n    %cd ..") != code_hash("if y:\n    !ls")
    assert code_hash("not python at all") != code_hash("not python at last")


SAMPLE = '''
"""What a module says of itself."""
from __future__ import annotations
import math as m

@staticmethod
async def mixed(a, /, b: int = 2, *rest, key=None, **more) -> float:
    """A docstring."""
    found = [f"{a!r:>{b}} {x}" "y" for x in rest if x is not None]
    match b:
        case {"k": [1, *_], **others} | None as seen:
            return await m.fsum(0.1 if seen else -1e-9, *found)
    return (y := b"z" + u"w"[1:2, ...]) or {**more, a: {1, 2}}

class Thing(list):
    """Another."""
    size: int = 3
    "of the attribute"
    def empty(self): """Only a docstring."""
'''


def test_a_hash_is_the_same_on_every_python():
    """A literal: each Python of the matrix must come to it (`ast.dump` differs between 3.11, 3.12 and 3.13)."""
    assert code_hash(SAMPLE) == "1dce5ae8b6196ec9"


def test_a_hash_is_blind_to_docstrings_and_sees_an_operator():
    edited = SAMPLE.replace("A docstring.", "In other words.").replace("Only a docstring.", "Others, too.")
    edited = (
        edited.replace("says of itself", "is").replace('    "of the attribute"\n', "").replace('"""Another."""', "")
    )
    assert code_hash(edited) == code_hash(SAMPLE)
    for old, new in (
        ("-1e-9", "+1e-9"),
        ("is not", "is"),
        ("b: int = 2", "b: int = 3"),
        ("*rest, key", "rest, *, key"),
    ):
        assert code_hash(SAMPLE.replace(old, new)) != code_hash(SAMPLE), old


def test_files_are_hashed_by_name_and_content(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    first = files_hash([tmp_path / "a", tmp_path / "b"], tmp_path)
    assert files_hash([tmp_path / "b", tmp_path / "a"], tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "c")
    assert files_hash([tmp_path / "c", tmp_path / "b"], tmp_path) != first
    (tmp_path / "c").rename(tmp_path / "a")
    (tmp_path / "b").write_text("3")
    assert files_hash([tmp_path / "a", tmp_path / "b"], tmp_path) != first


def test_the_machine_and_the_versions_are_named():
    assert "cores" in machine()
    assert {"python", "torch", "numpy"} <= set(versions())
