"""A module's quiz: its questions, read from modules/<slug>/quiz.toml and checked, then asked in Spanish."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from textwrap import fill
from typing import Any

from coursekit.root import find_root

LETTERS = "abcd"


@dataclass(frozen=True)
class Question:
    """One question, in Spanish. Its options are named a, b, c and d, in order.

    Attributes:
        question: what is asked.
        options: three or four, all different.
        answer: the letter of the right one.
        why: why it is right.
        wrong: for each other letter, why it tempts and where it fails.
    """

    question: str
    options: tuple[str, ...]
    answer: str
    why: str
    wrong: dict[str, str]

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]

    def option(self, letter: str) -> str:
        """An option as it is printed: ``b) ...``."""
        return f"{letter}) {self.options[LETTERS.index(letter)]}"


_FIELDS = {"question": str, "options": list, "answer": str, "why": str, "wrong": dict}


def read_quiz(path: Path) -> tuple[Question, ...]:
    """The questions of a quiz.toml: ``[[question]]`` tables with the keys of `Question`.

    Raises:
        ValueError: one line that names the file, the question and what to mend.
    """
    name = f"modules/{path.parent.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"{name}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # tomllib's own; not UTF-8; a number of thousands of digits
        raise ValueError(f"{name}: not valid TOML: {error}") from error
    tables = data.get("question")
    if list(data) != ["question"] or not isinstance(tables, list) or not tables:
        raise ValueError(f"{name}: expected [[question]] tables and nothing else, got {', '.join(data) or 'nothing'}")
    questions = tuple(_build(f"{name}: question {i}", table) for i, table in enumerate(tables, start=1))
    answers = {question.answer for question in questions}
    if len(questions) > 1 and len(answers) == 1:
        raise ValueError(f"{name}: every answer is {answers.pop()!r}: spread them over the letters")
    return questions


def find_quiz(number: str) -> tuple[Question, ...]:
    """The questions of the module with this number (``"02"``) or slug.

    Raises:
        LookupError: for a module without a quiz (in Spanish: a student reads it), with those that have one, or whose
            quiz is not as it was written.
    """
    numbers = []
    for path in sorted(find_root().glob("modules/*/quiz.toml")):
        slug = path.parent.name
        numbers.append(slug[:2])
        if number in (slug, slug[:2]):
            try:
                return read_quiz(path)
            except ValueError as error:
                raise LookupError(
                    f"El cuestionario {number!r} no se puede leer ({error}). Recupéralo con git."
                ) from None
    raise LookupError(f"No hay cuestionario {number!r}. Los que hay: {', '.join(numbers)}.")


def quiz(number: str, answers: str = "") -> None:
    """Print the questions of a module; given the answers, say which are right, why, and how many.

    Args:
        number: the module's, ``"02"``.
        answers: a letter for each question, in order (``"bacda"``); capitals, spaces and commas do no harm.
    """
    questions = find_quiz(number)
    example = f'quiz("{number}", "{"a" * len(questions)}")'
    if not isinstance(answers, str):
        print(f"Las respuestas van entre comillas, una letra por pregunta: por ejemplo, {example}.")
        return
    given = "".join(answers.lower().replace(",", " ").split())
    if not given:
        _ask(questions, number, example)
    elif len(given) != len(questions):
        print(f"Las preguntas son {len(questions)} y tus respuestas, {len(given)}: por ejemplo, {example}.")
    elif odd := [(i, q, g) for i, (q, g) in enumerate(zip(questions, given), start=1) if g not in q.letters]:
        for i, question, letter in odd:
            print(f"La respuesta {i} es «{letter}» y debe ser una de estas: {', '.join(question.letters)}.")
    else:
        _correct(questions, given)


def _build(where: str, table: Any) -> Question:
    if not isinstance(table, dict):
        raise ValueError(f"{where}: expected a [[question]] table, got {table!r}")
    for key in table:
        if key not in _FIELDS:
            near = get_close_matches(key, _FIELDS, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(_FIELDS)}"
            raise ValueError(f"{where}: unknown key {key!r}: {remedy}")
    for key, kind in _FIELDS.items():
        if key not in table:
            raise ValueError(f"{where} has no {key!r}: add it")
        if type(table[key]) is not kind:
            raise ValueError(f"{where}: expected {key} to be a {kind.__name__}, got {table[key]!r}")
    options, answer, wrong = table["options"], table["answer"], table["wrong"]
    for text in (table["question"], table["why"], *options, *wrong.values()):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{where}: expected a text, got {text!r}")
    if not 3 <= len(options) <= len(LETTERS) or len(set(options)) < len(options):
        raise ValueError(f"{where}: expected 3 or 4 different options, got {options}")
    letters = list(LETTERS[: len(options)])
    if answer not in letters:
        raise ValueError(f"{where}: expected answer to be one letter of {', '.join(letters)}, got {answer!r}")
    letters.remove(answer)
    if sorted(wrong) != letters:
        got = ", ".join(sorted(wrong)) or "none"
        raise ValueError(f"{where}: expected wrong to explain {', '.join(letters)}, got {got}")
    return Question(**{**table, "options": tuple(options)})


def _ask(questions: tuple[Question, ...], number: str, example: str) -> None:
    print(f"Cuestionario {number}. Responde con una letra por pregunta, en orden: por ejemplo, {example}.")
    for i, question in enumerate(questions, start=1):
        print("\n" + _indented(f"{i}. {question.question}", 0))
        for letter in question.letters:
            print(_indented(question.option(letter)))


def _correct(questions: tuple[Question, ...], given: str) -> None:
    for i, (question, letter) in enumerate(zip(questions, given), start=1):
        print(_indented(f"{i}. {question.question}", 0))
        if letter == question.answer:
            print(_indented(f"✅ {question.option(letter)}"))
        else:
            print(_indented(f"❌ {question.option(letter)}"))
            print(_indented(question.wrong[letter]))
            print(_indented(f"La correcta es {question.option(question.answer)}"))
        print(_indented(question.why) + "\n")
    right = sum(letter == question.answer for question, letter in zip(questions, given))
    print(f"Aciertos: {right} de {len(questions)}.")


def _indented(text: str, spaces: int = 3) -> str:
    return fill(text, width=100, initial_indent=" " * spaces, subsequent_indent="   ")
