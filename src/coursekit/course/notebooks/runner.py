"""Run many notebooks: as many at a time as there are cores, each in its own process, with a progress display.

A failing notebook does not stop the others.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from coursekit.course.notebooks import guard, surroundings
from coursekit.course.notebooks.execute import Job, is_fresh, job_file, keep_failed_copy
from coursekit.course.processes import Supervised, end_all

_HANGS = 20  # times its limit, by the clock: past it not the notebook is slow, something hangs


@dataclass(frozen=True)
class Outcome:
    """What became of a job: ran, was fresh already, or failed with `error`."""

    job: Job
    seconds: float = 0.0
    fresh: bool = False
    error: str = ""


def run_notebooks(jobs: Sequence[Job], *, force: bool = False, console: Console | None = None) -> list[Outcome]:
    """Run `jobs`; skip those whose executed copy is fresh, unless `force`.

    Args:
        jobs: what to run.
        force: run even what is fresh.
        console: where to show progress; a live display on a terminal, plain lines elsewhere.

    Returns:
        One outcome for each job, in the order given.
    """
    console = console or Console(stderr=True)
    fresh = {job.notebook: Outcome(job, fresh=True) for job in jobs if not force and is_fresh(job)}
    todo = [job for job in jobs if job.notebook not in fresh]
    display = _Live(console) if console.is_terminal else _Lines(console)
    workers = max(1, min(len(todo), os.cpu_count() or 1))
    with (
        display,
        tempfile.TemporaryDirectory(prefix="coursekit-") as folder,
        ThreadPoolExecutor(workers) as pool,
    ):
        futures = {job.notebook: pool.submit(_run, job, Path(folder), display, workers) for job in todo}
        try:
            ran = {notebook: future.result() for notebook, future in futures.items()}
        except BaseException:  # Ctrl-C, SIGTERM: the pool's end would wait for all that is queued
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise
    return [fresh.get(job.notebook) or ran[job.notebook] for job in jobs]


def _run(job: Job, folder: Path, display: _Lines | _Live, workers: int) -> Outcome:
    started = monotonic()
    display.begin(job.name)
    command, environment = _command(job_file(job, folder)), _environment(job, workers, folder)
    with Supervised(command, folder=job.root, environment=environment) as running:
        timed_out = threading.Event()
        watchdog = threading.Timer(_HANGS * job.total_seconds, lambda: (timed_out.set(), running.end()))
        watchdog.start()
        try:
            error = _follow(running.stdout, job, display)
            complaint = running.finish().stderr.strip().splitlines()
        finally:
            watchdog.cancel()
    if timed_out.is_set():
        error = f"{job.name}: did not end in {_HANGS * job.total_seconds} s: something outside its cells hangs"
        keep_failed_copy(job)
    elif error is None:
        error = f"{job.name}: stopped without saying why{': ' + complaint[-1] if complaint else ''}"
    seconds = monotonic() - started
    display.end(job.name, seconds, error)
    return Outcome(job, seconds=seconds, error=error)


def _command(job: Path) -> list[str]:
    return [sys.executable, "-m", "coursekit.course.notebooks.execute", str(job)]


def _follow(said: Iterable[str], job: Job, display: _Lines | _Live) -> str | None:
    """Show each cell that begins; return the error that the run ended with, "" for none, None if it told no end."""
    error = None
    for line in said:
        message = json.loads(line)
        if "cell" in message:
            display.cell(job.name, message["cell"], message["cells"])
        else:
            error = message.get("error", "")
    return error


def _environment(job: Job, workers: int, folder: Path) -> dict[str, str]:
    """The kernels share the cores between them; nothing is fetched, no bar is drawn, no setting of the user counts."""
    threads = str(max(1, (os.cpu_count() or 1) // workers))
    return {
        **surroundings.own(folder / f"{job.name}-{job.profile}"),
        "COURSEKIT_ROOT": job.root,
        "COURSEKIT_QUIET": "1",
        "COURSEKIT_FRESH": "\n".join(job.fresh),
        "HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "0" if job.parameters.get("checkpoint") else "1"),
        "OMP_NUM_THREADS": threads,
        "OMP_WAIT_POLICY": "passive",  # spinning threads on a busy machine cost a factor of seven
        "MPLBACKEND": "agg",
        "PYTHONWARNINGS": "ignore",
        **guard.environment(job.root, network=bool(job.parameters.get("checkpoint")), writes=job.profile == "record"),
    }


class _Lines:
    """Progress as plain lines, for logs."""

    def __init__(self, console: Console):
        self.console = console

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def begin(self, name: str) -> None:
        self.console.print(f"  running {name}", highlight=False)

    def cell(self, name: str, cell: int, cells: int) -> None:
        return None

    def end(self, name: str, seconds: float, error: str) -> None:
        outcome = f"FAILED {error}" if error else f"ok {name}"
        self.console.print(f"  {outcome} ({seconds:.0f} s)", highlight=False, soft_wrap=True, markup=False)


class _Live(_Lines):
    """Progress as bars, one for each notebook."""

    def __init__(self, console: Console):
        super().__init__(console)
        columns = (TextColumn("  {task.description:28}"), BarColumn(), TextColumn("{task.fields[state]}"))
        self.progress = Progress(*columns, TimeElapsedColumn(), console=console)
        self.tasks: dict[str, int] = {}

    def __enter__(self) -> _Live:
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def begin(self, name: str) -> None:
        self.tasks[name] = self.progress.add_task(name, total=None, state="starting")

    def cell(self, name: str, cell: int, cells: int) -> None:
        self.progress.update(self.tasks[name], completed=cell - 1, total=cells, state=f"cell {cell}/{cells}")

    def end(self, name: str, seconds: float, error: str) -> None:
        self.progress.update(self.tasks[name], state="[red]failed[/]" if error else "[green]ok[/]")
        if not error:
            self.progress.update(self.tasks[name], completed=1, total=1)
        self.progress.stop_task(self.tasks[name])
