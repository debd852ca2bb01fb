"""What becomes of a job, by what its process says; the notebooks themselves are run in test_execute.py."""

from __future__ import annotations

import json
import os
import sys
from io import StringIO

import pytest
from rich.console import Console

from coursekit.course.notebooks import runner
from coursekit.course.notebooks.execute import Job
from coursekit.course.notebooks.runner import Outcome

CELL = 'print(\'{"cell": 1, "cells": 2}\', flush=True)\n'


def run(mini, monkeypatch: pytest.MonkeyPatch, script: str, **limits: object) -> runner.Outcome:
    """The outcome of 09-mini if its process is this script."""
    monkeypatch.setattr(runner, "_command", lambda job: [sys.executable, "-c", CELL + script])
    job = Job(str(mini.notebook("09-mini")), str(mini.root), **limits)
    (outcome,) = runner.run_notebooks([job], force=True, console=Console(file=StringIO()))
    return outcome


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("print('{\"done\": true}')", ""),
        ('print(\'{"error": "09-mini: cell 2"}\')', "09-mini: cell 2"),
        ("raise SystemExit('first\\nlast')", "09-mini: stopped without saying why: last"),
        ("", "09-mini: stopped without saying why"),
    ],
)
def test_an_end_is_good_or_an_error_or_was_never_told(mini, monkeypatch, script, error):
    assert run(mini, monkeypatch, script).error == error


def test_what_hangs_outside_its_cells_is_ended(mini, monkeypatch):
    script = "import time; time.sleep(60); open('late', 'w')"
    outcome = run(mini, monkeypatch, script, total_seconds=0.02)  # 20 times that, by the clock
    assert outcome.error == "09-mini: did not end in 0.4 s: something outside its cells hangs"
    assert not (mini.root / "late").exists()


def test_plain_lines_say_what_runs_and_what_became_of_it():
    log = StringIO()
    with runner._Lines(Console(file=log, width=300)) as lines:
        lines.begin("a")
        lines.cell("a", 1, 2)
        lines.end("a", 3.4, "")
        lines.end("b", 60.0, "b: cell 2 «x[1]»: se rompió")
    assert log.getvalue().splitlines() == ["  running a", "  ok a (3 s)", "  FAILED b: cell 2 «x[1]»: se rompió (60 s)"]


def test_a_terminal_shows_how_far_each_notebook_is():
    with runner._Live(Console(file=StringIO(), force_terminal=True)) as live:
        live.begin("a")
        live.begin("b")
        assert [task.fields["state"] for task in live.progress.tasks] == ["starting", "starting"]
        live.cell("a", 3, 4)
        a, b = live.progress.tasks
        assert (a.completed, a.total, a.fields["state"]) == (2, 4, "cell 3/4")  # two are done, the third has begun
        live.cell("b", 3, 4)
        live.end("a", 1.0, "")
        live.end("b", 1.0, "b: se rompió")
        a, b = live.progress.tasks
        assert (a.finished, a.fields["state"]) == (True, "[green]ok[/]")
        assert (b.finished, b.completed, b.fields["state"]) == (False, 2, "[red]failed[/]")
        assert a.stop_time is not None
        assert b.stop_time is not None


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_fresh_is_not_run_unless_forced_and_outcomes_keep_their_order(mini, monkeypatch, terminal):
    jobs, ran = [Job(str(mini.notebook(name)), str(mini.root)) for name in ("01-a", "02-b", "03-c")], []
    monkeypatch.setattr(runner, "is_fresh", lambda job: job.name == "02-b")
    monkeypatch.setattr(runner, "_run", lambda job, *rest: ran.append(job.name) or Outcome(job, 1.0))
    for force, fresh in ((False, [False, True, False]), (True, [False] * 3)):
        ran.clear()
        console = Console(file=StringIO(), force_terminal=terminal)
        outcomes = runner.run_notebooks(jobs, force=force, console=console)
        assert [(outcome.job, outcome.fresh) for outcome in outcomes] == list(zip(jobs, fresh))
        assert sorted(ran) == [job.name for job, is_fresh in zip(jobs, fresh) if not is_fresh]


@pytest.mark.parametrize(
    ("cores", "notebooks", "workers", "threads"),
    [(4, 3, 3, "1"), (4, 1, 1, "4"), (4, 2, 2, "2"), (2, 5, 2, "1"), (None, 2, 1, "1")],
)
def test_kernels_share_the_cores(mini, monkeypatch, cores, notebooks, workers, threads):
    given = []
    jobs = [Job(str(mini.notebook(f"0{i}-a")), str(mini.root)) for i in range(notebooks)]
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(runner, "_run", lambda job, folder, display, workers: given.append(workers) or Outcome(job))
    runner.run_notebooks(jobs, force=True, console=Console(file=StringIO()))
    assert given == [workers] * notebooks
    assert runner._environment(jobs[0], workers, mini.root)["OMP_NUM_THREADS"] == threads


def test_a_notebook_is_told_where_it_is_and_what_it_need_not_measure(mini, monkeypatch):
    say = "import os, json, sys; print(json.dumps({'error': json.dumps({k: os.environ.get(k) for k in KEYS})}))"
    keys = ("COURSEKIT_ROOT", "COURSEKIT_FRESH", "COURSEKIT_QUIET", "MPLBACKEND", "HF_HUB_OFFLINE")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for parameters, offline in (({}, "1"), ({"checkpoint": "gpt2"}, "0")):
        outcome = run(mini, monkeypatch, say.replace("KEYS", repr(keys)), fresh=["a", "b"], parameters=parameters)
        assert json.loads(outcome.error) == dict(zip(keys, (str(mini.root), "a\nb", "1", "agg", offline)))
