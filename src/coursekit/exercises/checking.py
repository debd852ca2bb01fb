"""What an exercise is, and how an answer is judged: by cases, from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from coursekit.exercises.answers import cut, shown
from coursekit.exercises.blame import Watched
from coursekit.exercises.limit import TooSlow, within
from coursekit.exercises.sparing import bounded_memory, bounded_prints, kept_kernel

_HINTS = {
    RecursionError: "¿Se llama a sí misma sin fin?",
    MemoryError: "¿Hay algo que crece sin fin?",
    SystemExit: "Una función termina con return, no con exit().",
}
SECONDS = 10.0  # for one case; right answers take milliseconds, and the first call of a compiled one a few seconds


def call_once(function: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of a single call."""
    return function(*arguments)


class Wrong(Exception):
    """Raised by a case's `run` that cannot go on with an answer: what is wrong with it, in Spanish."""


class _Pending(Exception):
    """There is no answer yet."""


@dataclass(frozen=True)
class Case:
    """One input and how to judge the answer to it.

    Attributes:
        arguments: what the student's function is called with: copies, so that it may change them.
        problem: given the answer, returns what is wrong with it, in Spanish, or None.
        shown: how to print the input; by default its ``repr``.
        run: given the student's function and the arguments, gets the answer; by default, calls it once. A property
            of several answers (what depends on a difference only) needs several calls.
        raised: what to tell whose function raises an exception of some type; by default, what Python says of it.
    """

    arguments: tuple[Any, ...]
    problem: Callable[[Any], str | None]
    shown: str = ""
    run: Callable[..., Any] = call_once
    raised: Mapping[type[Exception], str] = field(default_factory=dict)

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
    """The judgement on an answer: its state and what to tell the student.

    States: *pendiente*, *correcto*, *incorrecto*, and *sin juzgar*, where the check itself failed.
    """

    state: str
    message: str

    def __bool__(self) -> bool:
        return self.state == "correcto"

    def __repr__(self) -> str:
        return self.message

    def _ipython_display_(self) -> None:
        """At the end of a cell, nothing more: `check` has printed it, wherever in the cell it stands."""


def judge(exercise: Exercise, answer: Callable[..., Any], label: str) -> Verdict:
    """Try `answer` on every case; the verdict tells about the first (smallest) case that fails."""
    if not callable(answer):
        remedy = "pon el nombre de tu función, sin paréntesis: así no se llama"
        return Verdict("incorrecto", f"❌ {label}: hace falta una función y es {shown(answer)}; {remedy}.")
    with bounded_prints(), kept_kernel(answer):
        return _first_problem(exercise, answer, label)


def _first_problem(exercise: Exercise, answer: Callable[..., Any], label: str) -> Verdict:
    for case in exercise.cases:
        student = Watched(answer)
        try:
            problem = _problem(case, student)
        except _Pending:
            return Verdict("pendiente", f"⏳ {label}: pendiente. Escribe tu solución y vuelve a ejecutar la celda.")
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"{label}: interrumpido con la entrada {case.describe()}")
            raise
        except Exception as fault:
            what = f"el comprobador del curso ha fallado con {_said(fault)}"
            note = "No es culpa de tu función, que queda sin juzgar; cuéntanoslo"
            return Verdict("sin juzgar", f"⚠️ {label}: con la entrada {case.describe()}, {what}. {note}.")
        if problem:
            return Verdict("incorrecto", f"❌ {label}: con la entrada {case.describe()}, {problem}")
    return Verdict("correcto", f"✅ {label}: correcto ({len(exercise.cases)} casos).")


def _problem(case: Case, student: Watched) -> str | None:
    """What is wrong with the answer to a case. What the student's function does not answer for is raised."""
    try:
        with bounded_memory():
            answer = within(SECONDS, case.run, student, *deepcopy(case.arguments))
    except Wrong as wrong:
        return str(wrong)
    except TooSlow as slow:
        if slow is not student.raised:
            raise TimeoutError from slow
        limit = f"{SECONDS:g} segundos".replace(".", ",")
        return _with_place(f"tu función no ha terminado en {limit}. ¿Hay un bucle que no acaba?", student)
    except (Exception, SystemExit) as error:
        if error is not student.raised:
            raise
        if isinstance(error, NotImplementedError) and not error.args:  # as in the cell; torch says what it has not
            raise _Pending from None
        told = next((told for kind, told in case.raised.items() if isinstance(error, kind)), "")
        asked = next((f". {asked}" for kind, asked in _HINTS.items() if isinstance(error, kind)), "")
        return _with_place(told or f"tu función falla con {_said(error)}", student) + asked
    return case.problem(answer)


def _with_place(told: str, student: Watched) -> str:
    place = student.place()
    return f"{told} ({place})" if place else told


def _said(error: BaseException) -> str:
    """An exception as a message shows it: its type and the beginning of what it says, in one line."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return f"{type(error).__name__}: {cut(text, 200)}" if text else type(error).__name__
