"""The style guide shows every layout of the theme, in light and in dark, and passes the gates of a deck."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from minicourse import MiniCourse

from coursekit.course import commands, quality
from coursekit.course.course import Course
from coursekit.course.decks import stage
from coursekit.course.decks.text import read_deck
from coursekit.course.errors import CourseError
from coursekit.course.finding import FindingsError, Mark
from coursekit.course.layout import Layout
from coursekit.notebook.plotting import COLOUR, COLOURS

ROOT = Path(__file__).parents[3]
CSS = (ROOT / "slides" / "theme" / "coursekit.css").read_text(encoding="utf-8")
GUIDE = ROOT / "slides" / "guia-de-estilo.md"
CLASSES = [
    set(re.search(r"_class: (.*)", slide.text)[1].split()) if "_class:" in slide.text else set()
    for slide in read_deck(GUIDE).slides
]
LAYOUTS = set(re.findall(r"section\.([a-z]+)", CSS)) - {"dark", "title"}  # "title" is another name of "lead"


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_layout_of_the_theme_is_shown(layout: str) -> None:
    shown = [classes for classes in CLASSES if layout in classes]
    assert any("dark" not in classes for classes in shown)
    if layout not in ("lead", "part", "references", "tight"):  # the first two are dark, the others add a size or a list
        assert any("dark" in classes for classes in shown)


def test_columns_are_shown_in_both() -> None:
    slides = [slide for slide in read_deck(GUIDE).slides if 'class="columns' in slide.text]
    assert {"dark" in classes for classes, s in zip(CLASSES, read_deck(GUIDE).slides) if s in slides} == {True, False}


def test_its_figure_has_the_colour_of_every_architecture_and_the_theme_knows_them_all() -> None:
    figure = (ROOT / "slides" / "figures" / "guia-de-estilo" / "colores.svg").read_text(encoding="utf-8")
    for colour in COLOUR.values():
        assert f'stroke="{colour}"' in figure
    for colour in {*COLOURS, *COLOUR.values()}:
        assert f": {colour.lower()};" in CSS


@pytest.mark.browser
@pytest.mark.slow
def test_the_guide_passes_the_gates_of_a_deck(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    layout, references = Layout(ROOT), Course(Layout(ROOT)).references
    monkeypatch.setattr(Layout, "build", mini.root / "build")
    assert list(stage.build_guide(layout, references)) == ["guia-de-estilo: 2 of 2 files built"]
    assert list(stage.build_guide(layout, references)) == ["guia-de-estilo: fresh"]
    assert [finding for finding in stage.gate_findings(layout, []) if not isinstance(finding, Mark)] == []
    assert (mini.root / "build" / "decks" / "instructor" / "guia-de-estilo.pdf").exists()


@pytest.mark.browser
@pytest.mark.slow
def test_a_fault_in_a_guide_is_named_and_a_course_needs_none(
    mini: MiniCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    course = Course(mini.layout)
    commands.build_decks(course)
    assert not mini.layout.build.exists()
    assert quality.deck_gates(course) == []
    head = "---\nmarp: true\nlang: es\ntheme: coursekit\nminutes: 1\n---\n\n"
    guide = mini.layout.slides / "guia-de-estilo.md"
    guide.write_text(head + "<!-- _minutes: 1 -->\n\n# Uno\n\nCon [@nadie2000].\n", encoding="utf-8")
    with pytest.raises(FindingsError, match=r"guia-de-estilo, slide 1 «Uno»: \[@nadie2000\]"):
        list(stage.build_guide(mini.layout, course.references))
    with pytest.raises(CourseError, match=r"1 deck.s. failed: guia-de-estilo"):
        commands.build_decks(course)
    mark = '<span data-structural="lados de un cuadrado">4</span>'
    guide.write_text(f"{head}<!-- _minutes: 1 -->\n\n# Uno\n\nSon 37.\n\n{mark}\n", encoding="utf-8")
    quality.decks(course)
    capsys.readouterr()
    problems = quality.deck_gates(course)
    assert [problem.partition(": ")[0] for problem in problems] == ["guia-de-estilo, slide 1 «Uno»"] * 2
    assert "notes: there are none" in problems[0]
    assert "37 has no origin" in problems[1]
    printed = "  let stand: guia-de-estilo, slide 1 «Uno»: «4»: lados de un cuadrado\n  1 let stand\n"
    assert capsys.readouterr().out == printed
