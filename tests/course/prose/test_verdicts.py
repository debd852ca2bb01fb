"""Words that a claim supports: printed with its verdict, and no more than it says."""

from pathlib import Path

import pytest
from minicourse import MiniCourse
from prosecourse import SLUG, plant, prose_of, sound

from coursekit.course.finding import Mark
from coursekit.course.prose import verdicts

PAGE = f"modules/{SLUG}/README.md"
KINDS = {
    "citado": "",
    "reproducido": 'metric = "suma"\nequals = 4\nreproduced = true\n',
    "no reproducido": 'metric = "suma"\nnote = "no sale"\n',
    "no comparable": 'metric = "suma"\nincomparable = true\nnote = "otra escala"\n',
    "contradicho": 'metric = "suma"\nequals = 4\ncontradicted = true\nclaimed = 9\nnote = "al revés"\n',
    "observado": 'metric = "bench/suma"\nnote = "un cociente"\n',
}


@pytest.fixture
def course(tmp_path: Path) -> MiniCourse:
    return sound(tmp_path / "course")


def gate(course: MiniCourse, words: str, kind: str, statement: str = "La suma gana a la resta.") -> list[str]:
    claim = f'\n[[claim]]\nid = "suma-gana"\nstatement = "{statement}"\nsource = "@shannon1948, tabla 1"\n{KINDS[kind]}'
    toml = course.root / "modules" / SLUG / "module.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + claim, encoding="utf-8")
    plant(course, PAGE, "Véase", f'La suma <span data-claim="suma-gana">{words}</span>. Véase')
    return [("let stand: " if isinstance(f, Mark) else "") + str(f) for f in verdicts.check(prose_of(course))]


@pytest.mark.parametrize("kind", list(KINDS))
def test_they_are_printed_with_the_verdict_and_the_statement(course: MiniCourse, kind: str) -> None:
    (mark,) = gate(course, "suma", kind)
    assert mark == f"let stand: {PAGE}, line 7 «Lecturas»: «suma»: {kind}: La suma gana a la resta."


@pytest.mark.parametrize("kind", ["no reproducido", "no comparable", "contradicho"])
def test_what_is_not_borne_out_does_not_win(course: MiniCourse, kind: str) -> None:
    _, found = gate(course, "gana siempre", kind)
    assert f"«gana»: is said of 'suma-gana', which is {kind} here" in found


@pytest.mark.parametrize("words", ["no gana", "según la semilla"])
def test_but_it_may_say_that_it_does_not(course: MiniCourse, words: str) -> None:
    assert len(gate(course, words, "no reproducido")) == 1


@pytest.mark.parametrize("kind", ["citado", "reproducido", "observado"])
def test_other_claims_may(course: MiniCourse, kind: str) -> None:
    assert len(gate(course, "gana", kind)) == 1


def test_a_size_in_them_stands_in_the_claim(course: MiniCourse) -> None:
    _, found = gate(course, "gasta treinta veces menos", "citado")
    assert "«treinta veces menos»: claims a size that 'suma-gana' does not state" in found or "treinta veces" in found


def test_as_it_does_here(course: MiniCourse) -> None:
    assert len(gate(course, "gasta la mitad", "citado", "La suma gasta la mitad.")) == 1


def test_figures_and_unknown_claims_are_for_others(course: MiniCourse) -> None:
    plant(course, PAGE, "Véase", '<span data-claim="nadie">gana</span> <span data-claim="x">33</span> Véase')
    assert list(verdicts.check(prose_of(course))) == []
