"""What every notebook of the course starts with: `begin`, recorded data, trained weights, `show_source`.

Everything printed here is read by students, so it is in Spanish.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coursekit.notebook.measured import publish
from coursekit.notebook.provenance import machine, versions
from coursekit.notebook.recorded import read_recorded
from coursekit.notebook.sources import source_of
from coursekit.root import find_root

PROFILES = ("quick", "record")
STAGED = ".new"  # weights of a run that is not over: the builder puts them in place once it is
RECORDED_MIME = "application/vnd.coursekit.recorded+json"
_ENTRY = {"data": dict, "date": str, "machine": str, "seconds": int | float}


class Recorded(dict):
    """Data of a longer run: a dict with `.provenance` (date, machine, seconds)."""

    def __init__(self, data: dict[str, Any], provenance: dict[str, Any]):
        super().__init__(data)
        self.provenance = provenance


@dataclass(frozen=True)
class Lesson:
    """A notebook's context: which module, which profile, which device, where the course is."""

    slug: str
    profile: str
    seed: int
    device: str
    root: Path

    @property
    def quick(self) -> bool:
        return self.profile == "quick"

    def recorded(self, name: str, experiment: Callable[[], dict[str, Any]]) -> Recorded:
        """The data of a longer experiment: measured now, or read from the module's recorded.json in `quick`.

        In other profiles, entries named in the environment's COURSEKIT_FRESH (one a line) are read, too.

        Args:
            name: the entry's name in recorded.json.
            experiment: measures and returns the rows (a JSON-able dict). Not called in profile `quick`. The builder
                finds the code that it reaches; where that changes, the data are stale.

        Raises:
            RuntimeError: in `quick`, if recorded.json has no such entry.
        """
        if self._reads(name):
            return self._read_recorded(name)
        started = time.perf_counter()
        data = json.loads(json.dumps(experiment()))
        seconds = round(time.perf_counter() - started, 1)
        # as text: nbformat sorts the keys of what it writes, and the order of the rows is part of the data
        payload = {"name": name, "data": json.dumps(data), "seconds": seconds}
        publish({RECORDED_MIME: payload, "text/plain": f"medido ahora: {name} ({seconds:.0f} s)"})
        return Recorded(data, {"date": date.today().isoformat(), "machine": machine(), "seconds": seconds})

    def _reads(self, name: str) -> bool:
        return self.quick or name in os.environ.get("COURSEKIT_FRESH", "").splitlines()

    def _read_recorded(self, name: str) -> Recorded:
        again = f"Ejecuta `coursekit record {self.slug}` o este cuaderno con profile='record'."
        try:
            entries = read_recorded(self.root, self.slug).get("entries", {})
        except ValueError as error:
            raise RuntimeError(str(error)) from None
        if name not in entries:
            raise RuntimeError(f"No hay datos grabados «{name}» en modules/{self.slug}/recorded.json. {again}")
        entry = entries[name]
        if wrong := [key for key, kind in _ENTRY.items() if not isinstance(entry.get(key), kind)]:
            raise RuntimeError(f"A los datos grabados «{name}» les falta {wrong[0]!r}, o no es lo que debe. {again}")
        when = {key: entry[key] for key in ("date", "machine", "seconds")}
        where = when["machine"].replace("cores", "núcleos")
        print(f"«{name}» se grabó el {when['date']} en {where} (tardó {when['seconds']:.0f} s).")
        return Recorded(entry["data"], {"entry": name, **when})

    def trained(self, name: str, model: Any, train: Callable[[Any], Any]) -> Recorded:
        """Give `model` the weights of the module's weights/`name`.safetensors; in other profiles, train it anew.

        Where the builder executes the notebook in profile `record`, the new weights are saved (safetensors) beside the
        old ones, which they replace once their hash is recorded: a run that was broken off changes nothing. Where the
        code that `train` reaches changes they are stale, and weights that are not the recorded ones are refused.
        Nobody else saves them: without their hash the file could not be read again.

        Returns:
            What was recorded of the weights; pass it on as ``record(..., recorded=…)``.

        Raises:
            RuntimeError: in `quick`, if the file is missing, is not the recorded one, or does not fit the model.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_model, save_model

        path = self.root / "modules" / self.slug / "weights" / f"{name}.safetensors"

        def experiment() -> dict[str, Any]:
            train(model)
            if self.profile != "record" or "COURSEKIT_FRESH" not in os.environ:  # which the builder sets
                print(f"Pesos «{name}» entrenados ahora, sin guardar: los guarda `coursekit record {self.slug}`.")
                return {}
            path.parent.mkdir(exist_ok=True)
            staged = path.with_suffix(STAGED)
            save_model(model, str(staged))
            staged.chmod(0o644)
            return {"sha256": _sha256(staged)}

        again = f"Recupéralo con git, o ejecuta `coursekit record {self.slug}`."
        reads = self._reads(f"weights/{name}")
        if reads and not path.exists():
            raise RuntimeError(f"Falta modules/{self.slug}/weights/{path.name}. {again}")
        entry = self.recorded(f"weights/{name}", experiment)
        if reads:
            if "sha256" not in entry:
                raise RuntimeError(f"A los datos grabados «weights/{name}» les falta 'sha256'. {again}")
            problem = f"{path.name} está dañado o no corresponde a este modelo. {again}"
            if _sha256(path) != entry["sha256"]:
                raise RuntimeError(problem)
            try:
                load_model(model, str(path), device=self.device)
            except (SafetensorError, RuntimeError) as error:
                raise RuntimeError(problem) from error
        model.eval()
        return entry


def begin(slug: str, *, profile: str = "quick", seed: int = 0, device: str = "auto") -> Lesson:
    """Start a notebook: fix the seeds, choose the device, set the figure style, and say what will run.

    Args:
        slug: the module, ``"02-transformer"``.
        profile: ``"quick"`` or ``"record"``.
        seed: for Python, NumPy and torch.
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ``"mps"``.

    Raises:
        ValueError: for an unknown profile (in Spanish: a student reads it).
    """
    import numpy
    import torch

    from coursekit.notebook.device import resolve_device
    from coursekit.notebook.plotting import use_course_style

    if profile not in PROFILES:
        gpu = " Para usar una GPU no hace falta un perfil: con device = 'auto' se usa si la hay." * (profile == "gpu")
        raise ValueError(f"profile debe ser {' o '.join(PROFILES)}; es {profile!r}.{gpu}")
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    use_course_style()
    lesson = Lesson(slug, profile, seed, str(resolve_device(device)), find_root())
    print(f"Módulo {slug} · perfil {profile} · semilla {seed} · {lesson.device} · torch {versions().get('torch')}")
    if not lesson.quick:
        print(_warning(lesson))
    return lesson


def _warning(lesson: Lesson) -> str:
    """What a student who does not ask for `quick` is in for."""
    try:
        entries = read_recorded(lesson.root, lesson.slug).get("entries", {}).values()
    except ValueError:
        entries = ()
    seconds = sum(entry["seconds"] for entry in entries if isinstance(entry.get("seconds"), int | float))
    lasts = f"unos {max(1, round(seconds / 60))} minutos donde se grabaron" if seconds else "puede ser mucho tiempo"
    return f"Se medirá aquí lo que con profile = 'quick' se lee ya medido: entre los cuadernos del módulo, {lasts}."


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def progress_wanted() -> bool:
    """Whether to draw progress bars: not under CI nor where the builder executes the notebook."""
    return not (os.environ.get("CI") or os.environ.get("COURSEKIT_QUIET"))


def show_source(kernel: Callable[..., Any], *, docstring: bool = False, imports: bool = False) -> None:
    """Show the source of a kernel, highlighted, without its docstring unless asked for; arguments as of `source_of`."""
    from IPython.display import Code, display

    display(Code(source_of(kernel, docstring=docstring, imports=imports), language="python"))
