import subprocess
import sys

import pytest

from coursekit.notebook.provenance import as_python, code_hash, files_hash, machine, versions


def test_a_hash_sees_code_and_is_blind_to_comments_magics_and_spaces():
    base = code_hash("x = 1\ny = 2")
    assert code_hash("# a comment\nx  =  1\n\n%time y\ny = 2  # two") == base
    assert code_hash("x = 1\ny = 3") != base
    assert code_hash("if x:\n    !ls") == code_hash("if x:\n    %cd ..") != code_hash("if y:\n    !ls")
    assert code_hash("not python at all") != code_hash("not python at last")


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = (10\n% 3)", "x = (10\n% 3)"),
        ("s = '''\n!ls\n%cd\n'''", "s = '''\n!ls\n%cd\n'''"),
        ("f = !ls", "f = get_ipython().getoutput('ls')\n"),
        ("f = %time 3", "f = get_ipython().run_line_magic('time', '3')\n"),
        ("%cd a\ny = 2", "\ny = 2\n"),
        ("if x:\n    !ls\n    %cd ..", "if x:\n    pass\n    pass\n"),
        ("!ls \\\n  -a\ny = 2", "\ny = 2\n"),
        ("y = 2\ny?", "y = 2\n\n"),
        ("%%time\ndef f():\n    return 1", "def f():\n    return 1\n"),
        ("%%capture out\n%%time\nx = !ls", "x = get_ipython().getoutput('ls')\n"),
        ("%%bash\nls", "\n"),
        ("  x = 1\n  y = 2", "x = 1\ny = 2\n"),
        ("await f()", "await f()"),
        ("not python at all", "not python at all\n"),
    ],
)
def test_ipython_says_what_is_python_in_a_cell(cell, python):
    assert as_python(cell) == python


def test_a_cell_of_python_asks_no_ipython():
    code = "import sys; sys.modules['IPython'] = None; from coursekit.notebook.provenance import as_python, code_hash"
    done = subprocess.run([sys.executable, "-c", f"{code}; as_python('x = (10\\n% 3)'); code_hash('x = 1')"])
    assert done.returncode == 0  # its import takes a third of a second, and `status` reads every cell


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
