"""Find an exercise by its number and talk to the student about it, in Spanish."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coursekit.exercises.checking import Exercise, Verdict, judge
from coursekit.root import find_root


def find_exercise(number: str) -> tuple[Exercise, dict[str, Any]]:
    """The exercise with this number and its entry in module.toml.

    Raises:
        LookupError: for an unknown number (in Spanish: a student reads it), with the numbers there are, or for a module
            whose module.toml does not say where the exercise is.
    """
    numbers = []
    for manifest in sorted(find_root().glob("modules/*/module.toml")):
        for entry in _entries(manifest):
            numbers.append(entry["id"])
            if entry["id"] == number:
                return importlib.import_module(f"coursekit.exercises.{entry['name']}").EXERCISE, entry
    raise LookupError(f"No hay ejercicio {number!r}. Los que hay: {', '.join(numbers)}.")


def _entries(manifest: Path) -> list[dict[str, Any]]:
    """The exercises of a module.toml. The builder checks it in full, and says in English what is wrong."""
    try:
        entries = tomllib.loads(manifest.read_text(encoding="utf-8-sig")).get("exercise", [])
        if not all(isinstance(entry[key], str) for entry in entries for key in ("id", "name", "title")):
            raise TypeError
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        name = f"modules/{manifest.parent.name}/{manifest.name}"
        raise LookupError(f"{name} no se puede leer, o le falta algo: recupéralo con git.") from None
    return entries


def check(number: str, answer: Callable[..., Any]) -> Verdict:
    """Judge a student's function, and print it: *pendiente*, *correcto*, or what is wrong with the smallest input."""
    exercise, entry = find_exercise(number)
    verdict = judge(exercise, answer, f"Ejercicio {number} ({entry['title']})")
    print(verdict)
    return verdict


def hint(number: str, level: int = 1) -> None:
    """Print the hints up to `level`, from the vaguest on."""
    exercise, _ = find_exercise(number)
    if type(level) is not int or level < 1:
        raise ValueError(f"level debe ser 1 o más; es {level!r}.")
    for i, text in enumerate(exercise.hints[:level], start=1):
        print(f"Pista {i} de {len(exercise.hints)}: {text}")
    if level > len(exercise.hints):
        print(f"No hay más pistas. Si quieres ver la solución entera: solution({number!r}).")


def solution(number: str) -> None:
    """Show the source of the solution, with the imports that it needs: it can be pasted into its cell."""
    from coursekit.notebook.lesson import show_source

    show_source(find_exercise(number)[0].solution, imports=True)
