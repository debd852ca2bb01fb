"""Terms to avoid: the table, the words, the marks."""

from pathlib import Path

import pytest
from prosecourse import SLUG, plant, prose_of, sound

from coursekit.course.errors import CourseError
from coursekit.course.finding import Mark
from coursekit.course.layout import Layout
from coursekit.course.prose import terms
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.prose.terms import fold, load_terms

ROOT = Path(__file__).parents[3]


def page(text, *, spanish=True):
    return Document(Path("p.md"), "p.md", "line", (Passage("p.md", "line", 1, "T", text),), spanish)


def check(*documents, layout=None):
    """(problems, marks) of the documents, with the course's own table by default."""
    findings = list(terms.check(Prose(layout or Layout(ROOT), documents)))
    marks = [finding for finding in findings if isinstance(finding, Mark)]
    return [finding for finding in findings if finding not in marks], marks


@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("La quantización de los pesos", "cuantización"),
        ("QUANTIZACIÓN", "cuantización"),
        ("matrices esparsas", "disperso"),
        ("un modelo patentado", "propietario"),
        ("la auto-atención", "autoatención"),
        ("un modelo auto-regresivo", "autorregresivo"),
        ("un modelo autoregresivo", "autorregresivo"),
        ("el pre-entrenamiento", "preentrenamiento, multicabeza, subpalabra…"),
        ("ocho cabezales", "cabeza"),
        ("el embebido de un token", "incrustación"),
        ("la perplexidad", "perplejidad"),
        ("una red feed-forward", "red prealimentada"),
        ("modelos Estado-Espacio", "modelo de espacio de estados"),
        ("cómputo en tiempo de prueba", "cómputo en inferencia"),
        ("una librería de Python", "biblioteca"),
        ("la arquitectura RMKV", "RWKV"),
        ("BitNet 1.58", "BitNet b1.58"),
    ],
)
def test_the_table_of_the_course_knows(text, write):
    (finding,), _ = check(page(text))
    assert finding.remedy.startswith(f"write «{write}» (")
    assert finding.problem == "is a term to avoid"


@pytest.mark.parametrize(
    "text",
    [
        "cuantización, cuantificación, disperso, propietario, autoatención, autorregresivo, BitNet b1.58",
        "preentrenamiento, multicabeza, subpalabra, retropropagación, una capa prealimentada (*feed-forward*)",
        "`quantización` y $esparso$",
        "[la página](esparso.md) y <a href='esparso'>otra</a>",
        "desparso y esparraguera",
        "modelo de espacio de estados",
    ],
)
def test_what_is_right_passes(text):
    assert check(page(text)) == ([], [])


def test_english_pages_are_left_alone():
    assert check(page("esparso", spanish=False)) == ([], [])


def test_a_planted_term_names_deck_slide_title_element_and_remedy(tmp_path):
    course = sound(tmp_path / "course")
    plant(course, f"slides/{SLUG}.md", "Se cierra", "La atención Esparsa.\nSe cierra")
    assert [str(finding) for finding in terms.check(prose_of(course))] == [
        f"{SLUG}, slide 2 «Dos más dos son 4»: «Esparsa»: is a term to avoid; write «disperso» (es un calco)"
    ]


def test_a_quoted_term_with_a_reason_stands_and_is_counted():
    problems, (mark,) = check(page('Dicen <span data-term="así la llama la fuente">«quantización»</span>.'))
    assert problems == []
    assert (mark.element, mark.problem) == ("«quantización»", "así la llama la fuente")


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ('<span data-term="">«esparso»</span>', "is marked without a reason"),
        ('<span data-term="cita">esparso</span>', "is marked but not quoted"),
    ],
)
def test_a_mark_needs_a_reason_and_quotes(mark, problem):
    (finding,), _ = check(page(mark))
    assert finding.problem == problem
    assert "esparso" in finding.element


def test_quotes_without_a_mark_do_not_excuse():
    problems, marks = check(page("«esparso»"))
    assert (len(problems), marks) == (1, [])


def test_accents_fold_character_for_character_and_the_tilde_of_the_n_stays():
    assert fold("Ámbito pingüino año ﬁ") == "Ambito pinguino año ﬁ"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[term]]\navoid = 'a'\nwrite = 'b'\n", r"\[\[term\]\] 1 has no 'why': add it"),
        ("[[term]]\navoid = 'a'\nwrite = 'b'\nwhy = ''\n", r"\[\[term\]\] 1: expected why to be some words, got ''"),
        ("term = 3\n", r"expected term to be \[\[term\]\] tables, got 3"),
        ("[[terms]]\n", "unknown key 'terms' in the top level: did you mean 'term'"),
        ("[[term]]\navoid = '('\nwrite = 'b'\nwhy = 'c'\n", r"'\(' is no regular expression"),
        ("[[term", "not valid TOML"),
    ],
)
def test_a_table_at_fault_is_one_line(mini, text, message):
    (mini.layout.modules / "terms.toml").write_text(text)
    with pytest.raises(CourseError, match=f"modules/terms.toml: .*{message}"):
        load_terms(mini.layout)


def test_accents_in_the_table_do_not_matter_either(mini):
    (mini.layout.modules / "terms.toml").write_text("[[term]]\navoid = 'dequantización'\nwrite = 'b'\nwhy = 'c'\n")
    (finding,), _ = check(page("Una DEQUANTIZACION"), layout=mini.layout)
    assert finding.element == "«DEQUANTIZACION»"


def test_no_table_no_terms(mini):
    assert load_terms(mini.layout) == []
