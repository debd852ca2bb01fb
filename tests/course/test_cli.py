"""The command line, in process: exit codes, and errors that are one line."""

import os
import subprocess
import sys

import pytest
from minicourse import SUM_CELL
from typer.testing import CliRunner

from coursekit.course import commands, quality
from coursekit.course.cli import app, main
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.results.reach import benchmark_reach
from coursekit.course.results.recording import library_of, sealed, write_recorded
from coursekit.course.results.status import Note

runner = CliRunner()


def test_help_lists_every_command():
    listed = runner.invoke(app, ["--help"]).output
    for command in ("course", "test", "check", "run", "record", "slides", "present", "sync", "claims", "status"):
        assert command in listed
    assert runner.invoke(app, ["course", "--help"]).exit_code == 0


def test_claims_prints_the_ledger_and_fails_where_one_does_not_hold(mini):
    from minicourse import TOML

    claim = '[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\npublished = "4"\n'
    mini.add("08-citado", toml=TOML + claim)
    done = runner.invoke(app, ["claims"])
    assert done.exit_code == 0
    assert "citado" in done.output
    mini.add("09-mini", toml=TOML + claim.replace('"c"', '"d"') + 'metric = "suma"\nequals = 4\nreproduced = true\n')
    done = runner.invoke(app, ["claims"])
    assert done.exit_code == 1
    assert "sin medir" in done.output


def test_status_fails_while_something_is_stale(mini):
    mini.add("09-mini", SUM_CELL)
    done = runner.invoke(app, ["status"])
    assert done.exit_code == 1
    assert "09-mini: not executed: coursekit run 09-mini" in done.output
    assert "unknown metric 'suma'" in done.output
    done = runner.invoke(app, ["release"])
    assert isinstance(done.exception, CourseError)


def test_status_and_release_say_a_changed_kernel_once(mini):
    mini.add("09-mini")
    made = {"value": 1.0, "recorded": {}, "benchmark": "coursekit.bench.duality:run", "code": "old"}
    table = benchmark_reach(made["benchmark"], library_of(mini.layout), mini.root).table
    rows = [sealed({"name": f"bench/{i}", **made}) for i in range(46)]
    reached = {"old": table | {"coursekit.bench.timing": "other"}}
    write_recorded(discover(mini.layout)[0], {"bench": rows, "reached": reached})
    line = "09-mini: 46 benchmark rows (bench/0, bench/1, …): coursekit.bench.timing changed"
    done = runner.invoke(app, ["status"])
    assert done.exit_code == 1
    assert [said for said in done.output.splitlines() if "bench" in said] == [f"{line}: coursekit bench 09-mini"]
    done = runner.invoke(app, ["release"])
    assert isinstance(done.exception, CourseError)
    assert done.output.splitlines().count(line) == 1


def test_a_release_takes_other_versions_only_when_asked_and_nothing_that_is_let_stand(mini, monkeypatch):
    other, stands = Note("a", "made with torch 2.12, here 2.13", other=True), Note("b", "c changed", "why", stands=True)
    for notes, options, ready in (
        ([other], [], False),
        ([other], ["--allow-other-versions"], True),
        ([other, stands], ["--allow-other-versions"], False),
        ([Note("d", "fresh")], [], True),
    ):
        monkeypatch.setattr("coursekit.course.commands.status", lambda course, notes=notes: notes)
        done = runner.invoke(app, ["release", *options])
        assert (done.exit_code == 0) is ready
        assert ("ready: tag this commit" in done.output) is ready
    monkeypatch.setattr("coursekit.course.commands.status", lambda course: [other, stands])
    assert runner.invoke(app, ["status"]).exit_code == 0  # said, and nothing to mend


@pytest.mark.parametrize(
    ("line", "stage", "only", "given"),
    [
        ("course", "build_course", None, {"force": False}),
        ("course 09 --force", "build_course", "09", {"force": True}),
        ("run", "execute", None, {"force": False, "parameters": {"profile": "quick"}}),
        ("run 09 --force --profile record", "execute", "09", {"force": True, "parameters": {"profile": "record"}}),
        ("run -p seed=3 -p rate=0.5 -p name=a", "execute", None,
         {"force": False, "parameters": {"profile": "quick", "seed": 3, "rate": 0.5, "name": "a"}}),
        ("record 09", "record", "09", {"stale": False}),
        ("record 09 --stale", "record", "09", {"stale": True}),
        ("slides", "build_decks", None, {}),
        ("present 09", "present", "09", {}),
        ("sync 09", "sync", "09", {}),
    ],
)  # fmt: skip
def test_a_command_hands_its_options_to_its_stage(mini, monkeypatch, line, stage, only, given):
    calls = []

    def called(course, *arguments, **options):
        calls.append((course.only, dict(zip(["stale"], arguments)) | options))

    monkeypatch.setattr(commands, stage, called)
    assert runner.invoke(app, line.split()).exit_code == 0
    assert calls == [(only, given)]


@pytest.mark.parametrize(("line", "quick"), [("test", False), ("test --quick", True), ("check", True)])
@pytest.mark.parametrize("code", [0, 1])
def test_the_checks_end_as_their_steps_do(mini, monkeypatch, line, quick, code):
    monkeypatch.setattr(quality, "run_all", lambda layout, *, quick: calls.append((layout, quick)) or code)
    calls = []
    assert runner.invoke(app, line.split()).exit_code == code
    assert calls == [(mini.layout, quick)]


def test_new_and_strip_and_import_deck_write_files_and_say_so(mini, tmp_path):
    assert "wrote notebooks/09-datos.ipynb" in runner.invoke(app, ["new", "09-datos", "Datos"]).output
    notebook = mini.layout.notebooks / "09-datos.ipynb"
    notebook.write_text(notebook.read_text().replace('"execution_count": null', '"execution_count": 3'))
    assert runner.invoke(app, ["strip"]).output == "stripped 09-datos.ipynb\n"
    assert runner.invoke(app, ["strip"]).output == ""
    assert "no such notebook" in str(runner.invoke(app, ["strip", "nada.ipynb"]).exception)
    (tmp_path / "viejo.md").write_text("# A\n\n^ nota\n")
    new = tmp_path / "nuevo.md"
    assert runner.invoke(app, ["import-deck", str(tmp_path / "viejo.md"), str(new)]).exit_code == 0
    assert new.read_text() == "# A\n\n<!--\nnota\n-->\n"
    assert "exists already" in str(runner.invoke(app, ["import-deck", str(tmp_path / "viejo.md"), str(new)]).exception)
    assert "no such deck" in str(runner.invoke(app, ["import-deck", "nada.md", "x.md"]).exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "no notebooks"),
        (["run", "77"], "unknown module '77'"),
        (["run", "-p", "seed"], "expected NAME=VALUE, got 'seed'"),
    ],
)
def test_a_user_s_error_is_one_line_and_exit_code_one(mini, monkeypatch, capsys, arguments, message):
    monkeypatch.setattr(sys, "argv", ["coursekit", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert message in said
    assert said.count("\n") == 1
    monkeypatch.setenv("COURSEKIT_DEBUG", "1")
    with pytest.raises(CourseError):
        main()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device", "build/x"), "error: build/x: no space left on device: free some space"),
        (OSError(28, "No space left on device"), "error: no space left on device: free some space, then try again"),
        (PermissionError(13, "Permission denied", "modules"), "error: modules: permission denied: change its permiss"),
        (
            UnicodeEncodeError("ascii", "año", 1, 2, "x"),
            "error: this system's encoding, ascii, lacks '\\xf1': set PYTHONU",
        ),
    ],
)
def test_whatever_the_system_refuses_is_one_line(mini, monkeypatch, capsys, error, line):
    def refuse(*arguments, **options):
        raise error

    monkeypatch.setattr("coursekit.course.commands.status", refuse)
    monkeypatch.setattr(sys, "argv", ["coursekit", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.startswith(line)
    assert said.count("\n") == 1


def test_a_system_that_writes_ascii_gets_a_question_mark_and_no_error(mini):
    from minicourse import TOML

    claim = '[[claim]]\nid = "c"\nstatement = "año"\nsource = "@shannon1948, sección 1"\npublished = "4×"\n'
    mini.add("09-mini", toml=TOML + claim)
    environment = {**os.environ, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "120"}
    environment.pop("PYTHONIOENCODING", None)
    command = [sys.executable, "-m", "coursekit.course.cli", "claims"]
    done = subprocess.run(command, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"secci?n 1" in done.stdout
    done.stdout.decode("ascii")


def test_outside_a_course_the_command_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["coursekit", "status"])
    with pytest.raises(SystemExit):
        main()
    assert "point it at a clone of the course" in capsys.readouterr().err


@pytest.mark.slow
def test_run_executes_with_the_parameters_given(mini):
    from coursekit.course.notebooks.execute import provenance

    mini.add("09-mini", "assert (seed, device) == (3, 'cpu')")
    command = [sys.executable, "-m", "coursekit.course.cli", "run", "09", "-p", "seed=3", "-p", "device=cpu"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = provenance(mini.layout.executed / "09-mini.ipynb")
    assert made["parameters"] == {"profile": "quick", "seed": 3, "device": "cpu"}
    done = subprocess.run(command, capture_output=True, text=True)
    assert "1 of 1 notebooks are fresh" in done.stderr
