"""The number gate over notebooks' Markdown and the modules' pages: each fault planted in a sound course is named."""

from pathlib import Path

import pytest
from minicourse import MiniCourse
from prosecourse import NOTEBOOK, SLUG, plant, prose_of, sound, write_cells

from coursekit.course.finding import Mark
from coursekit.course.prose import numbers
from coursekit.course.prose import stage as prose_stage

CELL = f"notebooks/{SLUG}.ipynb, cell 2 «1. La suma»"
PAGE = f"modules/{SLUG}/README.md"


@pytest.fixture
def course(tmp_path: Path) -> MiniCourse:
    return sound(tmp_path / "course")


def gate(course: MiniCourse) -> list[str]:
    return [str(finding) for finding in numbers.check(prose_of(course)) if not isinstance(finding, Mark)]


def cell(course: MiniCourse, text: str) -> list[str]:
    write_cells(course, [NOTEBOOK[0], f"## 1. La suma\n\n{text}"])
    return gate(course)


@pytest.mark.parametrize(
    "text",
    [
        "Se suman dos números, en 1948 o en la sección 3.2 del módulo 09.",
        "Con `x[12]`, $k = 37$ y $$n^{42}$$\n\n```python\ny = 5\n```",
        "`x` y\n`y = 5` son código, y `z`\n\n     también.",
        "### 2.3 Otra parte",
        "1. Uno.\n2. Dos.\n\n**09.1 · La suma** (10 minutos).",
        "Mide 37 bits por símbolo [@shannon1948, sección 6].",
        "Mide 37 bits (Shannon, 1948, sección 6).",
        "Shannon\n(1948, tabla 2) mide 37 bits.",
        'Con <span data-structural="tamaño del experimento">128</span> tokens.',
        "- Shannon (1948), *A Theory*, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).",
        "[![Colab 7](a-7.svg)](https://example.org/7)",
    ],
)
def test_prose_whose_numbers_have_an_origin_passes(course: MiniCourse, text: str) -> None:
    assert cell(course, text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Acierta el 99,8 %.", "99,8"),
        ("Con `k` = 37.", "37"),
        ("    Con sangría, 37.", "37"),
        ("- a\n- b: 12", "12"),
        ("Mide 37 bits (Shannon, 1948).", "37"),  # no place in the work
        ("Mide 37 bits (Nadie, 1948, sección 6).", "37"),  # no such work
        ("Mide 37 bits. Lo dice Shannon (1948, sección 6).", "37"),
        ("Según [@shannon1948, sección 6], 37.", "37"),
        ("| número | minutos |\n|---|---|\n| uno | 37 |", "37"),
        ("**Tarda 37 segundos**", "37"),
        ("![Acierta 37](a.svg)", "37"),
        ("Da $37\\,\\%$.", "37"),
        ("Usa $10^6$ tokens.", "10^6"),
        ("Gasta `35×`.", "35"),
        ("Ahorra un tercio.", "un tercio"),
    ],
)
def test_a_number_without_one_is_found(course: MiniCourse, text: str, number: str) -> None:
    (found,) = cell(course, text)
    assert found.startswith(CELL)
    assert f": {number} has no origin; let a cell print it, cite it ([@key, lugar]), or say why not" in found


def test_a_finding_quotes_its_sentence(course: MiniCourse) -> None:
    (found,) = cell(course, "Nada. Acierta 7\nde cada diez con *k*, `x y` y $z$. Fin.")
    assert found.startswith(f"{CELL}: «Acierta 7 de cada diez con k, # y #.»: 7 has no origin")


def test_a_block_of_code_ends_a_sentence(course: MiniCourse) -> None:
    (found,) = cell(course, "Acierta 7 con\n```python\nx = 5\ny = 6\n```\nel método de [@shannon1948, sección 6].")
    assert "«Acierta 7 con»: 7 has no origin" in found


@pytest.mark.parametrize("kind", ["metric", "claim"])
def test_a_notebook_holds_no_measured_number(course: MiniCourse, kind: str) -> None:
    (found,) = cell(course, f'Da <span data-{kind}="suma">4</span>.')
    expected = "«4»: is a measured number in a notebook's Markdown, where nothing keeps it true; let a cell print it"
    assert found == f"{CELL}: {expected}"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("README.es.md", "Un curso", "Da <b data-metric='nada'>99</b>. Un curso"),
        (f"slides/{SLUG}.md", "# Dos más dos", '<!--\nDa <span data-metric="suma">4</span>.\n-->\n\n# Dos más dos'),
    ],
)
def test_nor_does_any_text_that_sync_does_not_renew(course: MiniCourse, path: str, old: str, new: str) -> None:
    plant(course, path, old, new)
    (found,) = gate(course)
    assert "is a measured number where nothing keeps it true; say it on a slide or on a module's page" in found


def test_a_page_may_hold_one_and_a_table_of_exercises_its_minutes(course: MiniCourse) -> None:
    table = "| número | tema | minutos |\n|---|---|---|\n| 12.10 | sumar | {} |\n"
    plant(course, PAGE, "## Lecturas", table.format(10) + '\nDa <span data-metric="suma">4</span>.\n\n## Lecturas')
    assert gate(course) == []
    plant(course, PAGE, "| sumar |", "| sumar 37 |")
    (found,) = gate(course)
    assert found.startswith(f"{PAGE}, line 7 «Módulo mínimo»: «#; sumar 37; #»: 37 has no origin")


def test_a_mark_needs_a_reason_and_is_listed(course: MiniCourse) -> None:
    (found,) = cell(course, 'Con <span data-structural="">128</span> tokens.')
    assert found == f'{CELL}: «128»: is let stand without a reason; say it: data-structural="…"'
    (found,) = cell(course, 'Con <span data-structural="tamaño">128</span> tokens.')
    assert found == f"{CELL}: «128»: is let stand because «tamaño», which is no reason; say it in a few words"
    cell(course, 'Con <span data-structural="tamaño del experimento">128</span> tokens.')
    (mark,) = numbers.check(prose_of(course))
    assert isinstance(mark, Mark)
    assert str(mark) == f"{CELL}: «128»: tamaño del experimento"


@pytest.mark.parametrize(
    ("path", "old", "new", "number"),
    [
        ("README.es.md", "Un curso", "Acierta el 99 %. Un curso", "99"),
        ("README.es.md", "Un curso", "Gasta treinta veces menos. Un curso", "treinta veces"),
        (f"modules/{SLUG}/module.toml", "¿Cuánto", "¿Acierta el 99 %? ¿Cuánto", "99"),
        (f"slides/{SLUG}.md", "# Dos más dos", "<!--\nAcierta el 99 %.\n-->\n\n# Dos más dos", "99"),
        (f"slides/{SLUG}.md", "# Dos más dos", "<!-- Gasta la mitad -->\n\n# Dos más dos", "la mitad"),
        (f"slides/{SLUG}.md", "# Dos más dos", "<style scoped>p::after{content:'99 %'}</style>\n\n# Dos más dos", "99"),
        (PAGE, "Véase", "Mide <div data-metric='x'>99</div>. Véase", "99"),
        (PAGE, "Véase", "Mide 99 <span class='cite'></span>. Véase", "99"),
        (PAGE, "Véase", "Ve <b title='el 99 %'>esto</b>. Véase", "99"),
        (PAGE, "Véase", "Es $35\\times$ mejor. Véase", "35×"),
    ],
)
def test_what_students_and_instructors_read_is_read(
    course: MiniCourse, path: str, old: str, new: str, number: str
) -> None:
    plant(course, path, old, new)
    assert any(f"{number.strip('×')} has no origin" in found for found in gate(course)), gate(course)


def test_a_quiz_and_an_exercise_give_numbers_to_work_with_but_claim_no_size(course: MiniCourse) -> None:
    quiz = course.root / "modules" / SLUG / "quiz.toml"
    table = (
        '[[question]]\nquestion = "¿Qué pasa con 32 cabezas en vez de 8?"\noptions = ["Nada.", "{}"]\nanswer = "a"\n'
        'why = "h[t - 1] vale 0."\n'
    )
    quiz.write_text(table.format("Todo."), encoding="utf-8")
    exercise = course.layout.source / "exercises" / "suma.py"
    exercise.parent.mkdir(parents=True, exist_ok=True)
    exercise.write_text('EXERCISE = 1\nHINT = "suma desde 0 hasta n - 1 con {}"\n'.format("cuidado"), encoding="utf-8")
    assert gate(course) == []
    quiz.write_text(table.format("Acierta el 99,8 %."), encoding="utf-8")
    exercise.write_text('EXERCISE = 1\nHINT = "la suma tarda 35 veces menos"\n', encoding="utf-8")
    assert [found.split(": ")[-1].partition(" has")[0] for found in gate(course)] == ["99,8", "35"]


def test_a_claim_states_what_its_source_says_but_its_note_is_ours(course: MiniCourse) -> None:
    toml = course.root / "modules" / SLUG / "module.toml"
    text = toml.read_text(encoding="utf-8")
    claim = '\n[[claim]]\nid = "c"\nstatement = "Gana un {}."\nsource = "@shannon1948, tabla 1"\nnote = "{}"\n'
    toml.write_text(text + claim.format("35 %", "Aquí no se mide; véase (Shannon, 1948, tabla 2)."), encoding="utf-8")
    assert gate(course) == []
    toml.write_text(text + claim.format("35 %", "Aquí gana un 99 %."), encoding="utf-8")
    (found,) = gate(course)
    assert "99 has no origin" in found


def test_the_manual_of_the_decks_and_what_a_slide_shows_are_not_read(course: MiniCourse) -> None:
    (course.layout.slides / "README.md").write_text("# Manual\n\nCinco o 99 %.\n", encoding="utf-8")
    plant(course, f"slides/{SLUG}.md", "La entropía", "Son 37. La entropía")  # the deck's own gate reads it built
    assert gate(course) == []


def test_a_mark_that_cites_in_words_is_quoted_as_a_finding_would(course: MiniCourse) -> None:
    cell(course, '<span data-structural="así lo cita el texto">128, como en Shannon (1948, tabla 2)</span>')
    mark, *_ = numbers.check(prose_of(course))
    assert str(mark) == f"{CELL}: «128, como en (…))»: así lo cita el texto"


def test_the_gates_of_prose_run_it_and_list_the_marks(course: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose_stage, "GATES", prose_stage.GATES[:-2])  # but for those that need Node.js
    plant(course, PAGE, "Véase", 'Son 37. Son <span data-structural="lados de un cuadrado">4</span>. Véase')
    problem, mark = sorted(prose_stage.prose_findings(prose_of(course)), key=lambda f: isinstance(f, Mark))
    assert "37 has no origin" in str(problem)
    assert str(mark) == f"{PAGE}, line 7 «Lecturas»: «4»: lados de un cuadrado"
