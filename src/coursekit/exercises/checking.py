"""What an exercise is, and how an answer is judged: by cases, from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any


def call_once(function: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of a single call."""
    return function(*arguments)


@dataclass(frozen=True)
class Case:
    """One input and how to judge the answer to it.

    Attributes:
        arguments: what the student's function is called with: copies, so that it may change them.
        problem: given the answer, returns what is wrong with it, in Spanish, or None.
        shown: how to print the input; by default its ``repr``.
        run: given the student's function and the arguments, gets the answer; by default, calls it once. A property
            of several answers (what depends on a difference only) needs several calls.
    """

    arguments: tuple[Any, ...]
    problem: Callable[[Any], str | None]
    shown: str = ""
    run: Callable[..., Any] = call_once

    def describe(self) -> str:
        return self.shown or ", ".join(repr(a) for a in self.arguments)


@dataclass(frozen=True)
class Exercise:
    """An exercise: cases ordered from the smallest, hints from the vaguest, one solution, the classic mistakes."""

    cases: tuple[Case, ...]
    hints: tuple[str, ...]
    solution: Callable[..., Any]
    wrong: dict[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The judgement on an answer: its state (*pendiente*, *correcto*, *incorrecto*) and what to tell the student."""

    state: str
    message: str

    def __bool__(self) -> bool:
        return self.state == "correcto"

    def __repr__(self) -> str:
        return self.message


def judge(exercise: Exercise, answer: Callable[..., Any], label: str) -> Verdict:
    """Try `answer` on every case; the verdict tells about the first (smallest) case that fails."""
    for case in exercise.cases:
        try:
            problem = case.problem(case.run(answer, *deepcopy(case.arguments)))
        except NotImplementedError:
            return Verdict("pendiente", f"⏳ {label}: pendiente. Escribe tu solución y vuelve a ejecutar la celda.")
        except Exception as error:
            problem = f"tu función falla con {type(error).__name__}: {error}"
        if problem:
            return Verdict("incorrecto", f"❌ {label}: con la entrada {case.describe()}, {problem}")
    return Verdict("correcto", f"✅ {label}: correcto ({len(exercise.cases)} casos).")
