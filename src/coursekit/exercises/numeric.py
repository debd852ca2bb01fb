"""Judge an answer made of numbers: by what the solution gives, and by what each classic mistake would give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any

from coursekit.exercises.checking import Case, call_once


@dataclass(frozen=True)
class Numbers:
    """What the cases of one exercise have in common. Answers are numbers, lists of them, lists of lists, or a tuple.

    Attributes:
        solution: gives the right answer to any arguments.
        names: of the arguments, as the input is shown to the student.
        parts: names of what the answer holds: one for a number or a list, several for a tuple.
        mistakes: (wrong solution, what to tell whoever makes that mistake), tried in this order.
        by_zero: what to tell whoever divides by zero; without it, Python's message.
    """

    solution: Callable[..., Any]
    names: tuple[str, ...]
    parts: tuple[str, ...]
    mistakes: tuple[tuple[Callable[..., Any], str], ...]
    by_zero: str = ""

    def case(self, *arguments: Any, run: Callable[..., Any] = call_once) -> Case:
        """The case of these arguments; `run` as in `Case`: it gets the answer from the student's function."""
        wanted = self._parts(run(self.solution, *arguments))

        def problem(answer: Any) -> str | None:
            if answer is ZeroDivisionError:
                return self.by_zero
            given = self._parts(answer)
            if not _alike(given, wanted):
                return f"se esperaba {self._expected(wanted)} y devuelve {answer!r}."
            i = next((i for i, (g, w) in enumerate(zip(given, wanted)) if not _close(g, w)), None)
            if i is None:
                return None
            for mistake, message in self.mistakes:
                if _close(given[: i + 1], self._parts(run(mistake, *arguments))[: i + 1]):
                    return message
            place, right, got = next(
                (place, w, g) for (place, w), (_, g) in zip(_flat(wanted[i]), _flat(given[i])) if not _close(g, w)
            )
            return f"{self.parts[i]}{place}: se esperaba {right:.6g} y devuelve {got:.6g}."

        shown = ", ".join(f"{name} = {argument}" for name, argument in zip(self.names, arguments))
        return Case(arguments, problem, shown, self._told_of_zero(run) if self.by_zero else run)

    def _parts(self, answer: Any) -> Any:
        return answer if len(self.parts) > 1 else [answer]

    def _expected(self, wanted: Any) -> str:
        if len(wanted) > 1:
            return f"una tupla ({', '.join(self.parts)}): " + ", ".join(_shape(part) for part in wanted)
        return _shape(wanted[0])

    def _told_of_zero(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def told(function: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return run(function, *arguments)
            except ZeroDivisionError:
                return ZeroDivisionError

        return told


def _alike(a: Any, b: Any) -> bool:
    """Whether two answers have numbers in the same places; lists and tuples count as the same."""
    if isinstance(b, Real):
        return isinstance(a, Real)
    return isinstance(a, list | tuple) and len(a) == len(b) and all(map(_alike, a, b))


def _close(a: Any, b: Any) -> bool:
    if isinstance(b, Real):
        return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)  # float32 will do
    return all(map(_close, a, b))


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number with its place: ``("[1][0]", 0.5)``."""
    if isinstance(value, Real):
        yield place, value
    else:
        for i, item in enumerate(value):
            yield from _flat(item, f"{place}[{i}]")


def _shape(value: Any) -> str:
    if isinstance(value, Real):
        return "un número"
    if isinstance(value[0], Real):
        return f"una lista de {_count(value, 'número')}"
    return f"una lista de {_count(value, 'lista')} de {_count(value[0], 'número')}"


def _count(items: Any, noun: str) -> str:
    return f"{len(items)} {noun}{'s' if len(items) > 1 else ''}"
