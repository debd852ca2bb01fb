"""Ask a module's quiz and talk to the student about the answers, in Spanish."""

from __future__ import annotations

from textwrap import fill

from coursekit.exercises.questions import Question, read_quiz
from coursekit.root import find_root


def find_quiz(number: str) -> tuple[Question, ...]:
    """The questions of the module with this number (``"02"``) or slug.

    Raises:
        LookupError: for a module without a quiz (in Spanish: a student reads it), with those that have one.
    """
    numbers = []
    for path in sorted(find_root().glob("modules/*/quiz.toml")):
        slug = path.parent.name
        numbers.append(slug[:2])
        if number in (slug, slug[:2]):
            return read_quiz(path)
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
