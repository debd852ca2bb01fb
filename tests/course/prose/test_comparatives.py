"""Comparisons in notes, notebooks' Markdown and pages: each has its evidence."""

from pathlib import Path

import pytest
from minicourse import MiniCourse
from prosecourse import NOTEBOOK, SLUG, plant, prose_of, sound, write_cells

from coursekit.course.prose import comparatives

PAGE = f"modules/{SLUG}/README.md"


@pytest.fixture
def course(tmp_path: Path) -> MiniCourse:
    return sound(tmp_path / "course")


def gate(course: MiniCourse) -> list[str]:
    return [str(finding) for finding in comparatives.check(prose_of(course))]


def cell(course: MiniCourse, text: str) -> list[str]:
    write_cells(course, [NOTEBOOK[0], f"## 1. La suma\n\n{text}"])
    return gate(course)


@pytest.mark.parametrize(
    "text",
    [
        'La suma <span data-claim="c">gana</span> a la resta.',
        "La suma supera a la resta [@shannon1948, sección 6].",
        "La suma supera a la resta (Shannon, 1948, sección 6).",
        'Es <span data-structural="lo muestra la figura anterior">más rápida</span>.',
        "Lo mejor es probar. `gana` y $más$.\n\n```python\ngana = 1  # más rápido\n```",
        "![La curva azul queda por debajo de la otra](a.svg)",
    ],
)
def test_sentences_with_their_evidence_pass(course: MiniCourse, text: str) -> None:
    assert cell(course, text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Es más rápida que la resta.", "más rápida"),
        ("La suma **ganó** a la resta.", "ganó"),
        ("Recuerda más que la resta.", "Recuerda más"),
        ("![La suma gana a todas](a.svg)", "gana"),
    ],
)
def test_sentences_without_it_are_found(course: MiniCourse, text: str, words: str) -> None:
    (found,) = cell(course, text)
    assert found.startswith(f"notebooks/{SLUG}.ipynb, cell 2 «1. La suma»: ")
    assert f"«{words}» compares without a claim" in found


def test_pages_and_notes_are_read_and_quizzes_are_not(course: MiniCourse) -> None:
    (course.root / "modules" / SLUG / "quiz.toml").write_text('[[question]]\nquestion = "La suma gana."\n')
    assert gate(course) == []
    plant(course, PAGE, "Véase", "La suma gana a todas. Véase")
    plant(course, f"slides/{SLUG}.md", "# Dos más dos", "<!-- La suma es la mejor. -->\n\n# Dos más dos")
    assert [found.partition(": ")[0] for found in gate(course)] == [
        f"{SLUG}, slide 2 «Dos más dos son 4»",
        f"{PAGE}, line 7 «Lecturas»",
    ]
