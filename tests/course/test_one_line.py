"""Whatever is broken, the command says it in one line that names the place and what to do, and ends with code 1."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from minicourse import DECK, SUM_CELL, TOML, MiniCourse

from coursekit.course import layout
from coursekit.course.cli import main
from coursekit.notebook.measured import METRIC_MIME

METRIC = {METRIC_MIME: {"name": "suma", "value": 4}, "text/plain": "suma = 4"}
CLAIM = (
    '[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\nmetric = "suma"\nequals = 4\nreproduced = true\n'
)
COPY = "build/notebooks/09-mini.ipynb"
RECORDED = "modules/09-mini/recorded.json"
BIB, PAGE, MANIFEST = "modules/references.bib", "slides/09-mini.md", "modules/09-mini/module.toml"
ENTRY = {
    "notebook": "09-mini",
    "data": {},
    "date": "2026-01-31",
    "machine": "CPU, 2 cores",
    "seconds": 1.0,
    "code": "x",
}


@pytest.fixture
def course(mini: MiniCourse) -> MiniCourse:
    """A sound course of one module, whose notebook was executed."""
    mini.add("09-mini", SUM_CELL, toml=TOML + CLAIM)
    mini.executed("09-mini", METRIC)
    return mini


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """(exit code, what a command wrote), in this process."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["coursekit", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        return ended.value.code or 0, written.out + written.err

    return run


def plant(course: MiniCourse, name: str, content: bytes | str) -> None:
    path = course.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def the_line(done: tuple[int, str]) -> str:
    """The one line that a failing command wrote, without the headings of its stages."""
    code, written = done
    assert code == 1, written
    assert "Traceback" not in written
    lines = [line for line in written.splitlines() if line.startswith("error: ") or "FAILED" in line]
    assert lines, written
    return lines[0]


def deep(depth: int = 100_000) -> str:
    return "[" * depth + "]" * depth


NOT_JSON = [b"", b"{", b"\xff\xfe{}", '{"ñ": 1}'.encode("latin-1"), b"[]", b"null", b"3", b'"x"', deep().encode()]


@pytest.mark.parametrize(
    "content",
    [
        *NOT_JSON,
        b'{"metadata": []}',
        b'{"cells": 3, "metadata": {}}',
        b'{"cells": [3], "metadata": {}}',
        b'{"cells": [], "metadata": {"coursekit": []}}',
        b'{"cells": [{"cell_type": "code", "source": [3], "metadata": {}}], "metadata": {}}',
        b'{"cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [1]}], "metadata": {}}',
        b'{"cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [{"data": []}]}], "metadata": {}}',
        b'{"cells": [{"cell_type": 3, "source": "", "metadata": {}}], "metadata": {}}',
        b'{"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": [{}]}}], "metadata": {}}',
    ],
)
def test_a_corrupt_executed_copy_is_stale_and_says_what_makes_it_anew(course, said, content):
    plant(course, COPY, content)
    code, written = said("status")
    assert code == 1
    assert written.startswith("09-mini: its executed copy is no whole notebook: coursekit run 09-mini\n")
    (line,) = (line for line in written.splitlines() if COPY in line)
    assert f"{COPY}: not a valid notebook (" in line
    assert line.endswith(": coursekit run 09-mini")
    code, written = said("claims")
    assert code == 1
    assert COPY in written
    assert "Traceback" not in written
    assert "git" not in written


def test_a_corrupt_copy_stops_the_deck_of_its_own_module_and_no_other(course, said):
    course.add("08-otro", SUM_CELL)
    course.executed("08-otro", METRIC)
    plant(course, COPY, b"[]")
    assert the_line(said("slides")).startswith(f"  FAILED {COPY}: not a valid notebook (")
    assert said("slides", "09")[1].count("FAILED") == 1
    built = course.layout.decks / "instructor"
    assert (built / "08-otro.html").exists()
    assert not (built / "09-mini.html").exists()


@pytest.mark.parametrize(
    ("bundle", "message"),
    [
        ({"name": "suma", "value": 4, "zz": "%"}, "unknown key 'zz' in the metric: expected name, value, unit, kind"),
        ({"name": "suma", "value": 4, "units": "%"}, "unknown key 'units' in the metric: did you mean 'unit'?"),
        ({"value": 4}, "the metric has no 'name'"),
        ({"name": "suma"}, "the metric has no 'value'"),
        ({"name": "suma", "value": "x"}, "the metric: expected value to be a finite number, got 'x'"),
        ({"name": "suma", "value": float("nan")}, "the metric: expected value to be a finite number, got nan"),
        ({"name": "suma", "value": 4, "kind": "x"}, "the metric: expected kind to be 'exact', 'trained' or 'timed'"),
        ({"name": "suma", "value": 4, "digits": -1}, "the metric: expected digits to be greater than or equal to 0"),
        ({"name": "suma", "value": 4, "recorded": {"x": 1}}, "the metric: expected recorded with a date and a machine"),
        ([], "the metric: expected a table, got []"),
        ("texto", "the metric: expected a table, got 'texto'"),
    ],
)
def test_a_metric_of_another_shape_names_its_cell(course, said, bundle, message):
    course.executed("09-mini", {METRIC_MIME: bundle})
    code, written = said("claims")
    assert code == 1
    assert f"\n{COPY}, cell 2: {message}" in written
    assert written.rstrip().endswith(": coursekit run 09-mini")


def test_a_metric_recorded_twice_stops_its_own_module_only(course, said):
    course.add("08-otro", SUM_CELL, toml=TOML + CLAIM.replace('"c"', '"d"'))
    course.executed("08-otro", METRIC, METRIC)
    code, written = said("claims")
    assert code == 1
    (line,) = (line for line in written.splitlines() if "twice" in line)
    assert line == (
        "08-otro: 'suma' is recorded twice (08-otro, cell 2): give one another name, or in a loop one each time"
    )
    assert "reproducido" in written  # the other module's claim


@pytest.mark.parametrize(
    "content",
    [
        *NOT_JSON,
        b'{"entries": []}',
        b'{"bench": {}}',
        b'{"entries": {"a": {}}}',
        b'{"entries": {"a": {"notebook": 3}}}',
        json.dumps({"entries": {"a": ENTRY | {"versions": []}}}).encode(),
        json.dumps({"entries": {"a": ENTRY | {"code": []}}}).encode(),
        json.dumps({"entries": {"a": ENTRY}, "reached": []}).encode(),
        json.dumps({"entries": {"a": ENTRY}, "reached": {"x": [1]}}).encode(),
        b'{"bench": [{"name": "a", "benchmark": "x.y:f"}]}',
        b'{"bench": [{"name": "a", "value": 1, "kernels": {}}]}',
        b'{"bench": [{"name": "a", "value": NaN}]}',
        b'{"bench": [{"name": "a", "value": 1, "recorded": 3}]}',
        b'{"bench": [{"name": "a", "value": 1, "benchmark": []}]}',
    ],
)
@pytest.mark.parametrize("command", ["status", "claims"])
def test_a_broken_record_says_to_restore_it(course, said, content, command):
    plant(course, RECORDED, content)
    code, written = said(command)
    assert code == 1
    assert "Traceback" not in written
    lines = [line for line in written.splitlines() if RECORDED in line]
    assert lines, written
    assert all(line.endswith(": restore it from git") for line in lines)


@pytest.mark.parametrize(
    ("name", "command", "start"),
    [
        (PAGE, "status", PAGE),
        (PAGE, "slides", PAGE),
        (PAGE, "sync", PAGE),
        (BIB, "slides", BIB),
        (MANIFEST, "status", MANIFEST),
        (MANIFEST, "course", MANIFEST),
    ],
)
@pytest.mark.parametrize("kind", ["latin-1", "folder"])
def test_a_text_that_cannot_be_read_is_named(course, said, monkeypatch, name, command, start, kind):
    monkeypatch.setattr("coursekit.course.setup.ensure_node_packages", lambda root: None)
    monkeypatch.setattr("coursekit.course.setup.ensure_browser", lambda required: None)
    path = course.root / name
    if kind == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(path.read_text(encoding="utf-8").encode() + "ñ".encode("latin-1"))
    code, written = said(command)
    assert code == 1
    assert "Traceback" not in written
    assert start in written or Path(start).stem in written


@pytest.mark.parametrize("target", ["/nowhere/x", "module.toml"])
def test_a_manifest_that_links_nowhere_is_named(course, said, target):
    (course.root / MANIFEST).unlink()
    (course.root / MANIFEST).symlink_to(target)
    assert the_line(said("status")).startswith(f"error: {MANIFEST}: cannot be read: ")


def test_a_record_that_cannot_be_added_to_is_said_before_the_run(course, said, monkeypatch):
    plant(course, RECORDED, "{")
    monkeypatch.setattr("coursekit.course.commands.run_notebooks", lambda *a, **k: pytest.fail("it ran"))
    assert the_line(said("record", "09")).endswith(
        f"{RECORDED}: not valid JSON, or not as it was written: restore it from git"
    )


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX; run on every other system")
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("sync",), PAGE),
        (("new", "07-x", "T"), "modules/07-x/module.toml"),
        (("run",), "09-mini-quick.json"),
    ],
)
def test_a_disk_that_takes_no_more_is_one_line(course, arguments, name):
    """For real: the system lets the command write no file of more than a hundred bytes."""
    import resource

    plant(course, PAGE, DECK.replace(">4<", ">5<"))
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    done = subprocess.run(
        [sys.executable, "-m", "coursekit.course.cli", *arguments],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        capture_output=True,
        text=True,
        cwd=course.root,
    )
    assert done.returncode == 1
    assert re.search(rf"^error: \S*{name}: cannot be written: file too large$", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_an_output_that_cannot_be_written_is_one_line(course):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "coursekit.course.cli", "claims"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=course.root)
    assert done.returncode == 1
    assert done.stderr == "error: no space left on device: free some space, then try again\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--profile", "../../x"), "error: unknown profile '../../x': expected quick or record"),
        (("run", "--profile", "gpu"), "error: unknown profile 'gpu': expected quick or record (a GPU is used where "),
        (("run", "-p", "profile=../../x"), "error: unknown profile '../../x'"),
        (("run", "-p", "profile=[1]"), "error: unknown profile [1]"),
        (("run", "-p", "=3"), "error: expected NAME=VALUE, got '=3'"),
        (("import-deck", "slides", "x.md"), "error: slides: cannot be read: is a directory"),
        (("import-deck", "slides/09-mini.md", "nada/x.md"), "error: no such folder: nada"),
        (("import-deck", "slides/09-mini.md", "slides/09-mini.md/x.md"), "error: no such folder: slides/09-mini.md"),
        (("strip", "slides"), "error: slides: cannot be read: is a directory"),
        (("strip", "slides/09-mini.md"), "error: slides/09-mini.md: not a valid notebook ("),
        (("new", "../09-x", "T"), "error: expected a slug such as '09-datos'"),
        (("new", "07-x", ""), "error: expected a title in one line, got ''"),
        (("new", "07-x", "a\nb"), "error: expected a title in one line, got 'a\\nb'"),
        (("new", "09-mini", "T"), "error: modules/09-mini/module.toml exists already: choose another slug"),
        (("bench", "09"), "error: 09-mini has no benchmark"),
        (("stand", "09", " "), "error: expected a reason"),
    ],
)
def test_a_wrong_argument_is_one_line(course, said, monkeypatch, arguments, message):
    monkeypatch.chdir(course.root)
    before = sorted(course.root.rglob("*"))
    code, written = said(*arguments)
    assert code == 1
    assert written.startswith(message)
    assert written.count("\n") == 1
    assert sorted(course.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left on device: free some space, then try again"),
        (errno.EROFS, "read-only file system: copy the course to where you may write"),
        (errno.EACCES, "permission denied: change its permissions, or copy the course to where you may write"),
    ],
)
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("sync",), PAGE),
        (("strip",), "notebooks/09-mini.ipynb"),
        (("new", "07-x", "T"), "modules/07-x/module.toml"),
        (("import-deck", PAGE, "x.md"), "x.md"),
        (("slides",), "build/check/decks/09-mini.html"),
    ],
)
def test_what_the_system_refuses_to_write_is_named_and_nothing_is_left(
    course, said, monkeypatch, arguments, name, number, words
):
    plant(course, PAGE, DECK.replace(">4<", ">5<"))
    monkeypatch.chdir(course.root)
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}

    def refuse(source, target):
        raise OSError(number, os.strerror(number), str(target))

    monkeypatch.setattr(layout.os, "replace", refuse)
    line = the_line(said(*arguments))
    assert f"{name}: cannot be written: {words}" in line
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("build", "slides"),
        ("build", "run"),
        ("build/notebooks", "run"),
        ("build/check", "slides"),
        ("build/decks", "slides"),
        ("build/cache", "slides"),
    ],
)
def test_a_file_where_a_folder_should_be_is_named(course, said, where, command):
    path = course.root / where
    if path.exists():
        shutil.rmtree(path)
    plant(course, where, "x")
    line = the_line(said(command))
    assert where in line
    assert "cannot be written: " in line
    assert path.read_text() == "x"
