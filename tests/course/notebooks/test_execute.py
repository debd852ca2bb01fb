"""Notebooks are run for real, once for the whole file: a good one beside every kind of bad one."""

import json
import shutil
from io import StringIO
from pathlib import Path

import psutil
import pytest
from minicourse import PARAMETERS, SUM_CELL, MiniCourse
from nbclient.exceptions import DeadKernelError
from rich.console import Console

from coursekit.course.commands import jobs_for
from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import Job, check_parameters, execute, is_fresh, provenance
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
