"""Judge an answer made of numbers: by what the solution gives, and by what each classic mistake would give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from coursekit.exercises.answers import is_number, plain, returned
from coursekit.exercises.checking import Case, call_once

# float32 keeps 24 bits, 6e-8 of a number; some sums later a right answer is this close, and no wrong one is
_RELATIVE = 1e-5  # of the number itself
_OF_LARGEST = 1e-6  # of the largest number beside it: what is small by cancellation is no more exact than that
_ABSOLUTE = 1e-7


@dataclass(frozen=True)
class Numbers:
    """What the cases of one exercise have in common. Answers are numbers, lists of them, lists of lists, or a tuple.

    Arrays and tensors are as good as lists, of whatever precision from float32 on.

    Attributes:
        solution: gives the right answer to any arguments.
        names: of the arguments, as the input is shown to the student.
        parts: names of what the answer holds: one for a number or a list, several for a tuple.
        mistakes: (wrong solution, what to tell whoever makes that mistake), tried in this order: first those that give
            the whole answer, then those that give its first parts, up to what is wrong. One that divides by
            zero or overflows is recognised by what Python raises, and by the nan or inf of NumPy and torch.
    """

    solution: Callable[..., Any]
    names: tuple[str, ...]
    parts: tuple[str, ...]
    mistakes: tuple[tuple[Callable[..., Any], str], ...]

    def case(self, *arguments: Any, run: Callable[..., Any] = call_once) -> Case:
        """The case of these arguments; `run` as in `Case`: it gets the answer from the student's function."""
        wanted = self._parts(plain(run(self.solution, *deepcopy(arguments))))
        mistakes = [(self._outcome(mistake, arguments, run), message) for mistake, message in self.mistakes]
        raised = {type(outcome): message for outcome, message in mistakes if isinstance(outcome, ArithmeticError)}

        def problem(answer: Any) -> str | None:
            given = self._parts(plain(answer))
            if not _alike(given, wanted):
                return f"se esperaba {self._expected(wanted)} y {returned(answer)}"
            i = next((i for i, (g, w) in enumerate(zip(given, wanted)) if not close(g, w)), None)
            if i is None:
                return None
            # the mistake that gives all of this answer, or else the beginning of it up to what is wrong
            for end in (len(given), i + 1):
                for outcome, message in mistakes:
                    if _is_made_by(outcome, given[i], given[:end]):
                        return message
            place, got, right = first_difference(given[i], wanted[i])
            return f"{self.parts[i]}{place}: se esperaba {_digits(right)} y devuelve {_digits(got)}."

        shown = ", ".join(f"{name} = {argument}" for name, argument in zip(self.names, arguments))
        return Case(arguments, problem, shown, run, raised)

    def _outcome(self, mistake: Callable[..., Any], arguments: tuple[Any, ...], run: Callable[..., Any]) -> Any:
        """What a mistake gives, or what it raises."""
        try:
            return self._parts(plain(run(mistake, *deepcopy(arguments))))
        except ArithmeticError as error:
            return error

    def _parts(self, answer: Any) -> Any:
        return answer if len(self.parts) > 1 else [answer]

    def _expected(self, wanted: Any) -> str:
        if len(wanted) > 1:
            return f"una tupla ({', '.join(self.parts)}): " + ", ".join(_shape(part) for part in wanted)
        return _shape(wanted[0])


def _is_made_by(outcome: Any, wrong: Any, parts: list[Any]) -> bool:
    """Whether a mistake explains the parts of an answer, of which one is `wrong`. What fails in Python is not finite in
    NumPy and torch.
    """
    if isinstance(outcome, ArithmeticError):
        return not all(math.isfinite(number) for _, number in _flat(wrong))
    return _alike(parts, outcome[: len(parts)]) and all(map(close, parts, outcome))


def named(mistakes: Iterable[tuple[Callable[..., Any], str]]) -> dict[str, Callable[..., Any]]:
    """The mistakes by their names, as `Exercise.wrong` has them: ``_without_scale`` is "without scale"."""
    return {mistake.__name__.strip("_").replace("_", " "): mistake for mistake, _ in mistakes}


def close(given: Any, wanted: Any) -> bool:
    """Whether two answers are the same, but for the rounding of float32.

    Args: given, wanted: numbers, or lists of them (`plain`).
    """
    return _alike(given, wanted) and first_difference(given, wanted) is None


def first_difference(given: Any, wanted: Any) -> tuple[str, float, float] | None:
    """The first number that is another: its place, as ``"[1][0]"``, what was given, and what was wanted."""
    largest = max((abs(number) for _, number in _flat(wanted) if math.isfinite(number)), default=0)
    pairs = zip(_flat(given), _flat(wanted))
    return next(((place, g, w) for (place, g), (_, w) in pairs if not _near(g, w, largest)), None)


def _near(given: float, wanted: float, largest: float) -> bool:
    if math.isinf(wanted):
        return given == wanted
    tolerance = max(_RELATIVE * abs(wanted), _OF_LARGEST * abs(largest), _ABSOLUTE)
    return abs(given - wanted) <= tolerance  # never true of nan


def _digits(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.6g}"


def _alike(a: Any, b: Any) -> bool:
    """Whether two answers have numbers in the same places."""
    if is_number(b):
        return is_number(a)
    return isinstance(a, list) and len(a) == len(b) and all(map(_alike, a, b))


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number with its place: ``("[1][0]", 0.5)``."""
    if is_number(value):
        yield place, value
    else:
        for i, item in enumerate(value):
            yield from _flat(item, f"{place}[{i}]")


def _shape(value: Any) -> str:
    if is_number(value):
        return "un número"
    if is_number(value[0]):
        return f"una lista de {_count(value, 'número')}"
    return f"una lista con {_count(value, 'fila')} de {_count(value[0], 'número')}"


def _count(items: Any, noun: str) -> str:
    return f"{len(items)} {noun}{'s' if len(items) > 1 else ''}"
