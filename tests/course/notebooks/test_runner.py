"""What becomes of a job, by what its process says; the notebooks themselves are run in test_execute.py."""

from __future__ import annotations

import sys
from io import StringIO

import pytest
from rich.console import Console

from coursekit.course.notebooks import runner
from coursekit.course.notebooks.execute import Job

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
