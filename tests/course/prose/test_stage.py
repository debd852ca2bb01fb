"""The documents of a course, their passages, and all gates of prose together."""

import json
import shutil

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.course.prose import tools

EXERCISE = '''\
"""Exercise: docstring que no se lee."""


def add(layers):
    """Tampoco esta."""
    return f"faltan {layers} capas; mira layers y None."


EXERCISE = Exercise(hints=("Una pista.",), wrong={"only keys": add})
'''


@pytest.fixture
def course(tmp_path):
    return sound(tmp_path / "course")


def documents(course):
    return {document.name: document for document in prose_of(course).documents}


def test_every_kind_of_document_is_read(course):
    (course.root / "CONTRIBUTING.md").write_text("# Loop\n\nEnglish.\n")
    found = documents(course)
    page, manifest = f"modules/{SLUG}/README.md", f"modules/{SLUG}/module.toml"
    assert list(found) == [SLUG, f"notebooks/{SLUG}.ipynb", page, manifest, "README.es.md", "CONTRIBUTING.md"]
    assert [document.spanish for document in found.values()] == [True] * 5 + [False]
    assert [document.is_markdown for document in found.values()] == [True, True, True, False, True, True]
    assert [(p.number, p.title) for p in found[SLUG].passages] == [
        (1, "¿Cuánto es dos más dos?"),
        (2, "Dos más dos son 4"),
        (3, "Referencias"),
    ]
    assert [(p.number, p.title) for p in found[page].passages] == [(1, "Módulo mínimo"), (5, "Lecturas")]
    assert [(p.number, p.title, p.text) for p in found[manifest].passages] == [
        (1, "title", "Módulo mínimo\n"),
        (2, "question", "¿Cuánto es dos más dos?\n"),
    ]


def test_the_style_guide_is_a_document_too(course):
    course.layout.guide.write_text("---\ntheme: coursekit\n---\n\n# Guía\n\nUn texto esparso.\n", encoding="utf-8")
    assert [(p.number, p.title) for p in documents(course)["guia-de-estilo"].passages] == [(1, "Guía")]


def test_a_cell_is_numbered_among_all_cells_and_keeps_the_last_heading(course):
    write_cells(course, ["# A", "texto", "## B\n\nmás", "fin"])
    path = course.layout.notebooks / f"{SLUG}.ipynb"
    document = json.loads(path.read_text())
    document["cells"][0]["cell_type"] = "code"
    path.write_text(json.dumps(document))
    (found,) = [document for name, document in documents(course).items() if name.endswith("ipynb")]
    assert [(p.number, p.title, p.text) for p in found.passages] == [
        (2, "", "texto\n"),
        (3, "B", "## B\n\nmás\n"),
        (4, "B", "fin\n"),
    ]


def test_an_exercise_speaks_by_its_messages_without_the_names_of_its_code(course):
    folder = course.layout.source / "exercises"
    folder.mkdir(parents=True)
    (folder / "sumar.py").write_text(EXERCISE)
    (folder / "common.py").write_text('"""Doc."""\nX = "no one reads this"\n')
    found = documents(course)
    assert [n for n in found if n.endswith(".py")] == ["src/coursekit/exercises/sumar.py"]
    said = found["src/coursekit/exercises/sumar.py"].passages
    assert [(p.number, p.text.split()) for p in said] == [
        (6, ["faltan"]),
        (6, ["capas;", "mira", "y", "."]),
        (9, ["Una", "pista."]),
    ]


def test_the_sentences_of_a_manifest_have_their_lines_and_its_names_stay_out(course):
    quiz = '[[question]]\nid = "q"\nquestion = "¿Uno?"\noptions = [\n  "Dos.",\n  "Tres.",\n]\n'
    quiz += 'answer = "a"\nwhy = "Uno."\n'
    (course.root / "modules" / SLUG / "quiz.toml").write_text(quiz, encoding="utf-8")
    found = documents(course)[f"modules/{SLUG}/quiz.toml"]
    assert [(p.number, p.title, p.text.strip()) for p in found.passages] == [
        (3, "question", "¿Uno?"),
        (5, "options", "Dos."),
        (6, "options", "Tres."),
        (9, "why", "Uno."),
    ]


def test_what_cannot_be_read_is_one_line(course):
    (course.root / "modules" / SLUG / "quiz.toml").write_text("[")
    with pytest.raises(CourseError, match=r"modules/09-mini/quiz\.toml: not valid TOML"):
        documents(course)
    (course.layout.notebooks / f"{SLUG}.ipynb").write_text("{")
    with pytest.raises(CourseError, match="notebooks/09-mini.ipynb: not a valid notebook .*: restore it from git"):
        documents(course)


def test_headings_are_plain_and_those_in_code_and_notes_do_not_count(course):
    deck = "# Uno `a` **b** [c](d)\n\n```\n# no\n```\n\n<!--\n# tampoco\n-->"
    plant(course, f"slides/{SLUG}.md", "# Referencias", deck)
    assert list(documents(course)[SLUG].headings())[-1] == "Uno a b c"
    assert len(list(documents(course)[SLUG].headings())) == 3


def test_findings_name_the_place_as_its_author_knows_it():
    assert str(Finding("d", 2, "T", "e", "p", "r")) == "d, slide 2 «T»: e: p; r"
    assert str(Finding("n", 7, "T", "e", "p", "r", "cell")) == "n, cell 7 «T»: e: p; r"
    assert str(Finding("n", 0, "", "e", "p", "r", "cell")) == "n, notebook: e: p; r"
    assert str(Finding("m", 0, "", "e", "p", "r", "line")) == "m, page: e: p; r"
    assert str(Finding("d", 0, "", "e", "p", "r")) == "d, deck: e: p; r"


@pytest.mark.slow
def test_a_sound_course_passes_and_marks_are_counted(course, capsys):
    plant(course, "README.es.md", "pequeño", 'pequeño, no <span data-term="se cita">«esparso»</span>')
    assert quality.prose(Course(course.layout)) == []
    assert capsys.readouterr().out == "  let stand: README.es.md, line 3 «Curso»: «esparso»: se cita\n  1 let stand\n"


@pytest.mark.slow
def test_every_gate_speaks_with_one_fault_of_each(course):
    plant(course, "README.es.md", "pequeño", "pequenno y esparso")
    plant(course, f"slides/{SLUG}.md", "@shannon1948, sección 6", "@shannon1948")
    plant(course, f"slides/{SLUG}.md", "# Referencias", "#  Referencias")
    plant(course, f"modules/{SLUG}/README.md", "../../README.es.md", "../../README.md")
    plant(course, f"modules/{SLUG}/README.md", "example.org/entropia", "example.org/otra")
    text = "\n".join(quality.prose(Course(course.layout)))
    for said in (
        "term to avoid",
        "does not say where",
        "does not exist",
        "is not listed",
        "not a Spanish word",
        "MD019",
    ):
        assert said in text


def test_without_the_packages_one_line_says_what_to_run_and_the_other_gates_speak(course):
    (course.root / "package.json").write_text("{}")
    plant(course, "README.es.md", "pequeño", "esparso")
    problems = quality.prose(Course(course.layout))
    assert problems[1:] == [f"cspell is not installed in {course.root}: run `npm ci` there"]
    assert "«esparso»: is a term to avoid" in problems[0]


def test_without_node_one_line_says_what_to_install(course, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    problems = quality.prose(Course(course.layout))
    assert problems == [
        "Node.js is not installed: install version 20 or later (https://nodejs.org), then `npm ci`",
    ]


def test_a_tool_that_fails_or_hangs_is_one_line(course, tmp_path, monkeypatch):
    (course.root / "package.json").write_text("{}")
    tool = course.root / "node_modules" / "tool" / "bin.mjs"
    tool.parent.mkdir(parents=True)
    tool.write_text("console.error('no\\nway'); process.exit(Number(process.argv[2]))")
    assert tools.run_tool(course.layout, "tool/bin.mjs", ["1"], tmp_path).stderr == "no\nway\n"
    with pytest.raises(CourseError, match="^tool failed: no way$"):
        tools.run_tool(course.layout, "tool/bin.mjs", ["2"], tmp_path)
    tool.write_text("setTimeout(() => {}, 60000)")
    monkeypatch.setattr(tools, "_TIMEOUT", 0.3)
    with pytest.raises(CourseError, match="^tool took over 0.3 s: try again$"):
        tools.run_tool(course.layout, "tool/bin.mjs", [], tmp_path)


def test_prose_is_a_step_of_the_quick_checks_and_of_all(course):
    for steps in (quality.quick_steps(course.layout), quality.full_steps(course.layout)):
        assert "prose" in [name for name, _ in steps]


def test_an_entry_without_a_year_is_named(course):
    plant(course, "modules/references.bib", "year = {1948},", "")
    with pytest.raises(CourseError, match=r"references\.bib: @shannon1948 lacks year: add it"):
        prose_of(course)
