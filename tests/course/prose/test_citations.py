"""Citations: the key exists, and the citation says where in the work."""

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells

from coursekit.course.prose import citations

WEB = "@misc{sitio2024, author = {Quien, A.}, title = {Sitio}, year = {2024}, url = {https://example.org/s}}\n"
CLAIM = '\n[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\npublished = "4"\n'


@pytest.fixture
def course(tmp_path):
    return sound(tmp_path / "course")


def findings(course):
    return list(citations.check(prose_of(course)))


def test_a_sound_course_passes(course):
    assert findings(course) == []


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("[@nadie2000, tabla 1]", "@nadie2000: is not in the bibliography; add it to modules/references.bib"),
        ("[@shannon1948]", "@shannon1948: does not say where in the work; write [@shannon1948, sección 3]"),
        ("[@shannon1948, 1948]", "@shannon1948: names no place in the work, but «1948»; write"),
        ("[@shannon1948, seccional]", "names no place in the work"),
        ("[@shannon1948, tabla 2; @nadie2000]", "@nadie2000: is not in the bibliography"),
        ("[@shannon1948, tabla]", "names no place in the work, but «tabla»"),
        ("[@shannon1948, sección x]", "names no place in the work, but «sección x»"),
        ("[@shannon1948, figura de la página 3]", "names no place in the work"),
        ("[@shannon1948 tabla 1]", "«[@shannon1948 tabla 1]»: is no citation; write [@key, sección 3]"),
        ("@shannon1948", "«@shannon1948»: is no citation"),
        ("[@shannon1948, tabla 2", "«[@shannon1948, tabla 2; véase el [cuaderno]»: is no citation"),
        ("<b class='cite'><i data-cite='x'>(Yo, 2024)</i></b>", "data-cite: is the engine's to write"),
    ],
)
def test_a_planted_citation_is_named_with_its_slide(course, citation, said):
    plant(course, f"slides/{SLUG}.md", "[@shannon1948, sección 6]", citation)
    (finding,) = findings(course)
    assert str(finding).startswith(f"{SLUG}, slide 2 «Dos más dos son 4»: ")
    assert said in str(finding)


@pytest.mark.parametrize(
    "place",
    [
        "sección 3.1",
        "§3",
        "Tabla 1",
        "figuras 1 y 2",
        "ec. 4",
        "resumen",
        "p. 7",
        "apéndice A",
        "obra completa",
        "apéndice E.1",
        "ecuación (4)",
        "sección IV",
        "sección «Método»",
        "introducción",
    ],
)
def test_places(course, place):
    plant(course, f"slides/{SLUG}.md", "sección 6", place)
    assert findings(course) == []


def test_an_address_is_no_citation(course):
    plant(
        course, f"slides/{SLUG}.md", "La entropía", "quien@example2024.org, `@dataclass` y npm/@types2020. La entropía"
    )
    assert findings(course) == []


def test_a_claim_s_source_is_read_whatever_its_quotes(course):
    manifest = course.root / "modules" / SLUG / "module.toml"
    claim = CLAIM.replace('"@shannon1948"', "'@shannon1948, tabla'")
    manifest.write_text(manifest.read_text(encoding="utf-8") + claim, encoding="utf-8")
    (finding,) = findings(course)
    assert (finding.number, finding.problem) == (12, "names no place in the work, but «tabla»")


def test_a_web_page_has_no_places(course):
    plant(course, "modules/references.bib", "@article", WEB + "@article")
    plant(course, f"slides/{SLUG}.md", "sección 6]", "sección 6; @sitio2024]")
    assert findings(course) == []


def test_notebooks_pages_quizzes_and_claims_cite_too(course):
    write_cells(course, ["# A", "Véase [@nadie2000, tabla 1], no `[@codigo]`."])
    plant(course, f"modules/{SLUG}/README.md", "Véase", "Según [@shannon1948]:\nvéase")
    quiz = '[[question]]\nquestion = "¿Qué dice [@nadie2000, tabla 1]?"\n'
    (course.root / "modules" / SLUG / "quiz.toml").write_text(quiz, encoding="utf-8")
    manifest = course.root / "modules" / SLUG / "module.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + CLAIM, encoding="utf-8")
    assert [(f.document, f.unit, f.number, f.element) for f in findings(course)] == [
        (f"notebooks/{SLUG}.ipynb", "cell", 2, "@nadie2000"),
        (f"modules/{SLUG}/README.md", "line", 7, "@shannon1948"),
        (f"modules/{SLUG}/quiz.toml", "line", 2, "@nadie2000"),
        (f"modules/{SLUG}/module.toml", "line", 12, "@shannon1948"),
    ]


@pytest.mark.parametrize("quotes", ["'", '"', "'''"])
def test_the_source_of_a_claim_is_read_whatever_its_quotes(course, quotes):
    manifest = course.root / "modules" / SLUG / "module.toml"
    claim = CLAIM.replace('source = "@shannon1948"', f"source = {quotes}@shannon1948{quotes}")
    manifest.write_text(manifest.read_text(encoding="utf-8") + claim, encoding="utf-8")
    (finding,) = findings(course)
    assert (finding.number, finding.problem) == (12, "does not say where in the work")
