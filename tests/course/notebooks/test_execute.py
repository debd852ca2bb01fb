"""Notebooks are run for real, once for the whole file: a good one beside every kind of bad one."""

import json
import shutil
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from minicourse import PARAMETERS, SUM_CELL, MiniCourse
from nbclient.exceptions import DeadKernelError
from papermill import PapermillExecutionError
from papermill.engines import NBClientEngine, papermill_engines
from rich.console import Console

from coursekit.course.commands import jobs_for
from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import (
    Job,
    check_parameters,
    execute,
    failed_copy,
    inputs_hash,
    is_fresh,
    job_file,
    main,
    provenance,
)
from coursekit.course.notebooks.patience import Patience
from coursekit.course.notebooks.read import read_notebook
from coursekit.course.notebooks.runner import run_notebooks
from coursekit.course.results.collect import collect, recorded_payloads

HANG = "import os, time\nprint(os.getpid(), file=open('PIDS', 'w'), flush=True)\ntime.sleep(600)"
GOOD = [
    SUM_CELL,
    "import matplotlib.pyplot as plt\nfrom coursekit.notebook.measured import record_figure\n"
    "fig, ax = plt.subplots()\nax.plot([1, 2])\nrecord_figure('recta', fig, alt='Una recta que sube.')",
    "_ = record('media/x', [1.0, 2.0, 3.0], 'bits', kind='trained', digits=1)",
]


FREE = """\
import socket, tempfile
from pathlib import Path

with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    pass
(Path(tempfile.mkdtemp()) / "a").write_text("x")
Path("build/x.txt").write_text("x")
assert not [name for name in dir() if "guard" in name]
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """(course, {name: outcome}, what the display printed)."""
    course = MiniCourse(tmp_path_factory.mktemp("courses") / "course")
    course.add("01-bien", *GOOD)
    course.add("02-falla", SUM_CELL, "x = 1\n# a comment\nraise ValueError('se rompió')")
    course.add("03-cuelga", HANG.replace("PIDS", str(course.root.parent / "cell.pid")))
    course.add("04-cuelga", HANG.replace("PIDS", str(course.root.parent / "total.pid")))
    course.add("10-calcula", "while True:\n    pass")
    course.add("05-muere", "import os\nos._exit(1)")
    course.add("06-ajeno", SUM_CELL)
    course.add("07-roto").write_text('{"cells": [', encoding="utf-8")
    course.add("08-sin", SUM_CELL, parameters="")
    course.add("11-red", "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/a')")
    course.add("12-escribe", "open('modules/12-escribe/README.md', 'a').write('x')")
    course.add("13-libre", SUM_CELL, FREE)
    course.add("09-sin-alt", "import matplotlib.pyplot as plt\nfrom coursekit.notebook.measured import record_figure\n"
               "record_figure('recta', plt.figure(), alt='')")  # fmt: skip
    limits = {"03-cuelga": (3, 60), "04-cuelga": (590, 8), "10-calcula": (3, 60)}
    jobs = [
        Job(
            job.notebook,
            job.root,
            job.parameters | ({"sed": 1} if job.name == "06-ajeno" else {}),
            *limits.get(job.name, (60, 120)),
        )
        for job in jobs_for(course.layout, discover(course.layout))
    ]
    log = StringIO()
    outcomes = {outcome.job.name: outcome for outcome in run_notebooks(jobs, console=Console(file=log, width=300))}
    return course, outcomes, log.getvalue()


@pytest.mark.slow
def test_a_good_notebook_leaves_its_results_and_where_they_come_from(ran):
    course, outcomes, log = ran
    outcome = outcomes["01-bien"]
    assert outcome.error == ""
    assert "ok 01-bien" in log
    made = provenance(outcome.job.output())
    assert made["profile"] == "quick"
    assert made["parameters"] == {"profile": "quick"}
    assert {"machine", "versions", "date", "seconds", "inputs"} <= set(made)
    results = collect(course.layout, discover(course.layout, "01-bien")[0])
    assert results.notebooks == ["01-bien"]
    assert results.metrics["suma"].literal == "4"
    assert results.metrics["suma"].notebook == "01-bien"
    media = results.metrics["media/x"]
    assert (media.value, media.spread, media.seeds, media.kind) == (2.0, 1.0, 3, "trained")
    figure = results.figures["recta"]
    assert figure.alt == "Una recta que sube."
    assert "</svg>" in figure.svg
    assert recorded_payloads(outcome.job.output()) == []


@pytest.mark.slow
def test_a_failing_notebook_names_its_cell_and_leaves_its_copy(ran):
    course, outcomes, log = ran
    error = outcomes["02-falla"].error
    assert error.startswith("02-falla: cell 3 «x = 1»: ValueError: se rompió")
    assert "FAILED 02-falla: cell 3" in log
    copy = course.layout.executed / "02-falla.failed.ipynb"
    assert "se rompió" in copy.read_text()
    assert not (course.layout.executed / "02-falla.ipynb").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("03-cuelga", "ran past its 3 s of computing: make it smaller or raise budget.cell_seconds"),
        ("10-calcula", "ran past its 3 s of computing: make it smaller or raise budget.cell_seconds"),
        ("04-cuelga", "ran past its 8 s of computing in all: make it smaller or raise budget.quick_seconds"),
        ("05-muere", "the kernel died"),
        ("06-ajeno", "unknown parameter 'sed': it has profile, seed, device, checkpoint"),
        ("07-roto", "not a valid notebook"),
        ("08-sin", "no cell tagged 'parameters'"),
        ("09-sin-alt", "le falta el texto alternativo"),
        ("11-red", "Este cuaderno busca la red (192.0.2.1). El curso se ejecuta sin red"),
        ("12-escribe", "PermissionError: Este cuaderno escribe en modules/12-escribe/README.md."),
    ],
)
def test_each_fault_is_one_clear_line(ran, name, message):
    error = ran[1][name].error
    assert message in error
    assert name in error
    assert "\n" not in error


@pytest.mark.slow
def test_the_guard_lets_loopback_temporary_folders_and_what_is_generated_be(ran):
    course, outcomes, _ = ran
    assert outcomes["13-libre"].error == ""
    assert (course.root / "modules" / "12-escribe" / "README.md").read_text(encoding="utf-8") == "# Módulo\n"


@pytest.mark.slow
def test_nothing_is_left_half_written_and_no_kernel_runs_on(ran):
    course = ran[0]
    assert not list(course.layout.executed.rglob("*.partial*"))
    started = [path for path in (course.root.parent / "cell.pid", course.root.parent / "total.pid") if path.exists()]
    for path in started:  # on a busy machine a kernel may have been ended before it began its cell
        assert not psutil.pid_exists(int(path.read_text())), "an orphan kernel"
    assert [process for process in psutil.process_iter() if _folder(process) == str(course.root)] == []


def _folder(process):
    try:
        return process.cwd()
    except psutil.Error:
        return None


@pytest.mark.slow
def test_what_is_fresh_is_not_run_again_until_its_source_changes(ran):
    course, outcomes, _ = ran
    job = outcomes["01-bien"].job
    assert is_fresh(job)
    before = job.output().stat().st_mtime_ns
    (again,) = run_notebooks([job], console=Console(quiet=True))
    assert again.fresh
    assert job.output().stat().st_mtime_ns == before
    assert not is_fresh(Job(job.notebook, job.root, {"profile": "quick", "seed": 1}))
    (course.layout.modules / "01-bien" / "recorded.json").write_text("{}")
    assert not is_fresh(job)


def test_the_source_is_read_and_the_copy_is_written(mini, monkeypatch):
    notebook = mini.add("09-mini", SUM_CELL)
    before = notebook.read_bytes()
    monkeypatch.setattr("papermill.execute_notebook", lambda source, copy, **options: shutil.copyfile(source, copy))
    job = Job(str(notebook), str(mini.root))
    execute(job)
    assert notebook.read_bytes() == before
    assert is_fresh(job)
    assert not list(mini.layout.executed.glob(".*"))


def test_a_kernel_that_dies_before_the_first_cell_is_named(mini, monkeypatch):
    def die(*arguments, **options):
        raise DeadKernelError("gone")

    monkeypatch.setattr("papermill.execute_notebook", die)
    with pytest.raises(CourseError, match="^09-mini: the kernel died"):
        execute(Job(str(mini.add("09-mini", SUM_CELL)), str(mini.root)))


def test_a_parameter_is_checked_against_the_notebook_s_own(mini):
    notebook = mini.add("09-mini", SUM_CELL)
    check_parameters(notebook, {"seed": 3})
    with pytest.raises(CourseError, match="unknown parameter 'sede'"):
        check_parameters(notebook, {"sede": 3})


def test_a_notebook_of_another_profile_goes_to_a_folder_of_its_own(mini):
    path = str(mini.notebook("09-mini"))
    assert Job(path, str(mini.root)).output() == mini.layout.executed / "09-mini.ipynb"
    record = Job(path, str(mini.root), {"profile": "record"})
    assert record.output() == mini.layout.executed / "record" / "09-mini.ipynb"


def test_an_executed_copy_without_provenance_is_not_fresh(mini):
    job = Job(str(mini.notebook("09-mini")), str(mini.root))
    job.output().parent.mkdir(parents=True)
    job.output().write_text("{")
    assert provenance(job.output()) == {}
    job.output().write_text(json.dumps({"metadata": {}}))
    assert not is_fresh(job)


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path):
    (tmp_path / "x.ipynb").write_text('{"nbformat": 4}')
    with pytest.raises(CourseError, match="x.ipynb: not a valid notebook"):
        read_notebook(tmp_path / "x.ipynb")


def test_layout_says_paths_as_a_user_types_them(mini):
    assert Layout(mini.root).relative(mini.root / "slides" / "a.md") == "slides/a.md"
    assert PARAMETERS.startswith("profile")


@pytest.fixture
def papermill_runs(monkeypatch):
    """papermill without a kernel: it adds a cell, begins the one at `place`, and raises `error`."""

    def begins(error, place=3):
        def run(source, copy, **options):
            notebook = nbformat.read(source, as_version=4)
            notebook.cells.insert(1, nbformat.v4.new_code_cell("seed = 3"))
            nbformat.write(notebook, copy)
            manager = SimpleNamespace(nb=notebook, cell_start=lambda *arguments, **options: None)
            papermill_engines.get_engine("reporting").execute_managed_notebook(manager, "python3")
            raise error

        def start(engine, manager, kernel_name, **options):
            manager.cell_start(manager.nb.cells[place], place)

        monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", classmethod(start))
        monkeypatch.setattr("papermill.execute_notebook", run)

    return begins


FAILED = PapermillExecutionError(3, 3, "", "ValueError", "se rompió\nla segunda línea", [])


def test_a_failing_cell_is_named_by_its_place_in_the_source(mini, papermill_runs):
    notebook = mini.add("09-mini", SUM_CELL, "\n# a comment\n  \nx = 1\ny = 2")
    job, said = Job(str(notebook), str(mini.root)), []
    papermill_runs(FAILED)
    with pytest.raises(CourseError) as caught:
        execute(job, said.append)
    assert str(caught.value) == "09-mini: cell 3 «x = 1»: ValueError: se rompió (see 09-mini.failed.ipynb)"
    assert said == [{"cell": 4, "cells": 4}]
    assert [path.name for path in mini.layout.executed.iterdir()] == ["09-mini.failed.ipynb"]


def test_a_cell_that_the_source_does_not_have_is_named_by_its_place_in_the_copy(mini, papermill_runs):
    papermill_runs(FAILED, place=1)
    with pytest.raises(CourseError, match="^09-mini: cell 2 «seed = 3»: ValueError"):
        execute(Job(str(mini.add("09-mini", SUM_CELL)), str(mini.root)))


def test_a_good_run_clears_away_the_copy_of_a_failed_one(mini, monkeypatch):
    job = Job(str(mini.add("09-mini", SUM_CELL)), str(mini.root))
    failed_copy(job).parent.mkdir(parents=True)
    failed_copy(job).write_text("old")
    monkeypatch.setattr("papermill.execute_notebook", lambda source, copy, **options: shutil.copyfile(source, copy))
    execute(job)
    assert [path.name for path in mini.layout.executed.iterdir()] == ["09-mini.ipynb"]


@pytest.mark.parametrize(
    ("over", "profile", "message"),
    [
        (
            "cell",
            "quick",
            "09-mini: cell 2 «x = 1»: ran past its 7 s of computing: make it smaller or raise budget.cell",
        ),
        (
            "total",
            "quick",
            "09-mini: ran past its 9 s of computing in all: make it smaller or raise budget.quick_seconds",
        ),
        ("total", "record", "09-mini: ran past its 9 s of computing in all: make it smaller, or go on with `coursekit"),
        ("", "quick", "09-mini: cell 2 «x = 1»: the kernel died (out of memory?) (see 09-mini.failed.ipynb)"),
    ],
)
def test_a_kernel_that_was_ended_is_told_from_one_that_died(mini, monkeypatch, papermill_runs, over, profile, message):
    class Passed(Patience):
        def begin_cell(self):
            self.over = over

    monkeypatch.setattr("coursekit.course.notebooks.patience.Patience", Passed)
    notebook = mini.add("09-mini", "x = 1")
    papermill_runs(DeadKernelError("gone"), place=2)
    with pytest.raises(CourseError) as caught:
        execute(Job(str(notebook), str(mini.root), {"profile": profile}, cell_seconds=7, total_seconds=9))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("error", "code", "last"), [(None, 0, {"done": True}), (CourseError("se rompió"), 1, {"error": "se rompió"})]
)
def test_a_run_tells_each_cell_and_its_end(mini, monkeypatch, capfd, tmp_path, error, code, last):
    def run(job, report):
        report({"job": job.name, "seconds": job.cell_seconds, "fresh": job.fresh})
        if error:
            raise error

    job = Job(str(mini.notebook("09-mini")), str(mini.root), {"profile": "record"}, cell_seconds=5, fresh=["a"])
    monkeypatch.setattr("coursekit.course.notebooks.execute.execute", run)
    monkeypatch.setattr("sys.argv", ["execute", str(job_file(job, tmp_path))])
    assert main() == code
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert said == [{"job": "09-mini", "seconds": 5, "fresh": ["a"]}, last]


def test_what_a_result_depends_on(mini):
    """The notebook, its parameters, the kernels, the module's data and weights; not the builder, nor another module."""
    job = Job(str(mini.add("09-mini", SUM_CELL)), str(mini.root), {"profile": "quick"})
    mini.add("08-otro", SUM_CELL)
    before = inputs_hash(job)
    for file, counts in (
        ("notebooks/09-mini.ipynb", True),
        ("notebooks/08-otro.ipynb", False),
        ("src/coursekit/ssm/mamba.py", True),
        ("src/coursekit/course/cli.py", False),
        ("src/coursekit/course/decks/build.py", False),
        ("modules/09-mini/recorded.json", True),
        ("modules/09-mini/weights/small.safetensors", True),
        ("modules/09-mini/synced.json", False),  # or each sync would make the run before it stale
        ("modules/09-mini/README.md", False),
        ("modules/08-otro/recorded.json", False),
    ):
        path = mini.root / file
        old = path.read_bytes() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("other")
        assert (inputs_hash(job) != before) is counts, file
        path.unlink() if old is None else path.write_bytes(old)
    assert inputs_hash(job) == before
    assert inputs_hash(Job(job.notebook, job.root, {"profile": "quick", "seed": 1})) != before
    sister = Job(str(mini.notebook("09-mini-a-fondo")), job.root)
    before = inputs_hash(sister)
    (mini.root / "modules" / "09-mini" / "recorded.json").write_text("{}")
    assert inputs_hash(sister) != before  # of the module that it belongs to


@pytest.mark.parametrize("variable", ["SMOLLM2", "MINILM"])
def test_a_copy_made_without_a_published_model_is_another(mini, monkeypatch, variable):
    monkeypatch.setattr("coursekit.course.notebooks.execute.find_spec", lambda package: package)
    job = Job(str(mini.add("09-mini", "pass")), str(mini.layout.root))
    before = inputs_hash(job)
    monkeypatch.setenv(variable, "0")
    without = inputs_hash(job)
    assert without != before
    monkeypatch.delenv(variable)
    monkeypatch.setattr("coursekit.course.notebooks.execute.find_spec", lambda package: None)
    assert inputs_hash(job) not in (before, without)  # both are missing
