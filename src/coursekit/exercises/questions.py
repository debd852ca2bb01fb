"""What a quiz is: the questions of modules/<slug>/quiz.toml, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: not valid TOML: {error}") from error
    tables = data.get("question")
    if list(data) != ["question"] or not isinstance(tables, list) or not tables:
        raise ValueError(f"{name}: expected [[question]] tables and nothing else, got {', '.join(data) or 'nothing'}")
    questions = tuple(_build(f"{name}: question {i}", table) for i, table in enumerate(tables, start=1))
    answers = {question.answer for question in questions}
    if len(questions) > 1 and len(answers) == 1:
        raise ValueError(f"{name}: every answer is {answers.pop()!r}: spread them over the letters")
    return questions


def _build(where: str, table: Any) -> Question:
    if not isinstance(table, dict):
        raise ValueError(f"{where}: expected a [[question]] table, got {table!r}")
    for key in table:
        if key not in _FIELDS:
            raise ValueError(f"{where}: unknown key {key!r}: expected {', '.join(_FIELDS)}")
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
