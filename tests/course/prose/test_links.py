"""Links: inside the course they lead somewhere and both ways; outside, each is listed with its date."""

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells
from typer.testing import CliRunner

from coursekit.course.cli import app
from coursekit.course.errors import CourseError
from coursekit.course.prose import links_external, links_internal
from coursekit.course.prose.links_external import read_list
from coursekit.course.prose.links_internal import anchors, slug

DECK, NOTEBOOK, PAGE = f"slides/{SLUG}.md", f"notebooks/{SLUG}.ipynb", f"modules/{SLUG}/README.md"


@pytest.fixture
def course(tmp_path):
    return sound(tmp_path / "course")


def internal(course):
    return [str(finding) for finding in links_internal.check(prose_of(course))]


def external(course):
    return [str(finding) for finding in links_external.check(prose_of(course))]


def targets(course, text):
    (course.root / "README.es.md").write_text(text, encoding="utf-8")
    return [link for link in prose_of(course).links if link.document.name == "README.es.md"]


def test_a_sound_course_passes(course):
    assert internal(course) == []
    assert external(course) == []


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[a](b.md)", "b.md"),
        ('![alt](figures/b.svg "título")', "figures/b.svg"),
        ("[a](<b.md>)", "b.md"),
        ("[a](https://example.org/x_(y))", "https://example.org/x_(y)"),
        ('<a href="b.md">a</a>', "b.md"),
        ('<img src="b.svg" alt="a">', "b.svg"),
        ("[a]: https://example.org/r", "https://example.org/r"),
        ("Véase https://example.org/x.", "https://example.org/x"),
        ("<https://example.org/x>", "https://example.org/x"),
    ],
)
def test_every_way_to_write_a_link(course, text, target):
    assert [link.target for link in targets(course, text)] == [target]


def test_what_is_no_link(course):
    assert targets(course, "`[a](b.md)` [@clave, tabla 1] [ ] mailto <a href='x'> [a](mailto:a@b.c)") == []


def test_the_repository_s_own_address_leads_to_a_file_here(course):
    text = (
        "[a](https://github.com/quien/curso/blob/main/modules/x%20y.md) https://github.com/otro/curso/blob/main/a.md "
    )
    text += "https://colab.research.google.com/github/quien/curso/blob/main/notebooks/b.ipynb#scrollTo=1"
    first, other, colab = targets(course, text)
    assert (first.file, other.file) == ((course.root / "modules" / "x y.md").resolve(), None)
    assert (colab.file, colab.fragment) == ((course.root / "notebooks" / "b.ipynb").resolve(), "")


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("1. ¿Qué hay que aprender? Un corpus", "1-qué-hay-que-aprender-un-corpus"),
        ("02 · Transformer: todas las piezas, a mano", "02--transformer-todas-las-piezas-a-mano"),
        ("Año, pingüino y kv_heads", "año-pingüino-y-kv_heads"),
        ("Cafe\u0301", "café"),
    ],
)
def test_the_anchors_of_spanish_headings_are_github_s(heading, name):
    assert slug(heading) == name


def test_repeated_headings_are_numbered_and_decks_and_notebooks_have_more_names(course):
    write_cells(course, ["# ¿Uno?", "## A b", "## A b", "## A b"])
    documents = {document.name: document for document in prose_of(course).documents}
    assert anchors(documents[NOTEBOOK]) == {"uno", "a-b", "a-b-1", "a-b-2", "¿Uno?", "A-b"}
    assert {"1", "2", "3", "referencias"} < anchors(documents[SLUG])
    assert anchors(documents[PAGE]) == {"módulo-mínimo", "lecturas"}


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (
            DECK,
            "09-mini.ipynb#1-la-suma",
            "09-nada.ipynb",
            f"{SLUG}, slide 2 «Dos más dos son 4»: ../notebooks/09-nada.ipynb: leads to notebooks/09-nada.ipynb, which "
            "does not exist; correct the path",
        ),
        (
            DECK,
            "#1-la-suma",
            "#2-la-suma",
            f"{SLUG}, slide 2 «Dos más dos son 4»: ../notebooks/09-mini.ipynb#2-la-suma: names a section that "
            "notebooks/09-mini.ipynb does not have; write #1-la-suma",
        ),
        (
            DECK,
            "Cuaderno: sección 1.",
            "Cuaderno: sección 3.",
            f"{SLUG}, slide 2 «Dos más dos son 4»: «Cuaderno: sección 3»: names a section that notebooks/09-mini.ipynb "
            "does not have; it has 1",
        ),
        (
            NOTEBOOK,
            "#dos-más-dos-son-4",
            "#dos-y-dos",
            f"{NOTEBOOK}, cell 1 «Módulo mínimo»: ../slides/09-mini.md#dos-y-dos: names a section that "
            "slides/09-mini.md does not have; write #dos-más-dos-son-4",
        ),
        (
            PAGE,
            "## Lecturas\n",
            "## Lecturas\n\n[aquí](#lectura)\n",
            f"{PAGE}, line 7 «Lecturas»: #lectura: names a section that {PAGE} does not have; write #lecturas",
        ),
    ],
)
def test_a_dead_link_is_named_with_its_place_and_remedy(course, path, old, new, said):
    plant(course, path, old, new)
    assert said in internal(course)


def test_a_citation_between_does_not_make_a_section_of_the_notebook(course):
    plant(course, DECK, "Cuaderno: sección 1.", "Lo dice el cuaderno [@shannon1948, sección 9].")
    assert internal(course) == []


@pytest.mark.parametrize(
    ("path", "old", "said"),
    [
        (
            DECK,
            "../notebooks/09-mini.ipynb#1-la-suma",
            f"{SLUG}, deck: links: has no link to {NOTEBOOK}; add […](../{NOTEBOOK})",
        ),
        (
            NOTEBOOK,
            "../slides/09-mini.md#dos-más-dos-son-4",
            f"{NOTEBOOK}, notebook: links: has no link to {DECK}; add […](../{DECK})",
        ),
        (
            NOTEBOOK,
            "../modules/09-mini/README.md",
            f"{NOTEBOOK}, notebook: links: has no link to {PAGE}; add […](../{PAGE})",
        ),
        (PAGE, "../../slides/09-mini.md", f"{PAGE}, page: links: has no link to {DECK}; add […](../../{DECK})"),
        (
            PAGE,
            "../../notebooks/09-mini.ipynb",
            f"{PAGE}, page: links: has no link to {NOTEBOOK}; add […](../../{NOTEBOOK})",
        ),
        (PAGE, "../../README.es.md", f"{PAGE}, page: links: has no link to README.es.md; add […](../../README.es.md)"),
        ("README.es.md", "modules/09-mini", f"README.es.md, page: links: has no link to {PAGE}; add […]({PAGE})"),
    ],
)
def test_what_belongs_together_is_linked_both_ways(course, path, old, said):
    plant(course, path, old, "#")
    assert internal(course) == [said]


def test_the_deeper_notebook_too_is_linked_both_ways(course):
    (course.root / "notebooks" / "09-mini-a-fondo.ipynb").write_text('{"cells": [], "metadata": {}}')
    deeper = "notebooks/09-mini-a-fondo.ipynb"
    assert internal(course) == [
        f"{deeper}, notebook: links: has no link to {DECK}; add […](../{DECK})",
        f"{deeper}, notebook: links: has no link to {PAGE}; add […](../{PAGE})",
        f"{PAGE}, page: links: has no link to {deeper}; add […](../../{deeper})",
    ]


def test_the_hosted_notebook_counts_as_a_link_to_it(course):
    hosted = "https://colab.research.google.com/github/quien/curso/blob/main/notebooks/09-mini.ipynb"
    plant(course, DECK, "../notebooks/09-mini.ipynb#1-la-suma", hosted)
    assert internal(course) == []
    assert external(course) == []


def test_an_address_that_is_not_listed_is_named_and_the_command_adds_it(course, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ROOT", str(course.root))
    plant(course, PAGE, "example.org/entropia", "example.org/nueva")
    listed = "modules/external-links.toml"
    assert external(course) == [
        f"{PAGE}, line 7 «Lecturas»: https://example.org/nueva: is not listed in {listed}; run "
        "`coursekit links --update`",
        f"{listed}, line 2 «external-links»: https://example.org/entropia: is listed, but nothing links to it; run "
        "`coursekit links --update`",
    ]
    runner = CliRunner()
    done = runner.invoke(app, ["links", "--update"])
    assert done.output == "added https://example.org/nueva\ndropped https://example.org/entropia\n"
    assert external(course) == []
    assert runner.invoke(app, ["links"]).output == (
        "never       https://doi.org/10.1002/j.1538-7305.1948.tb01338.x\nnever       https://example.org/nueva\n"
    )


def test_an_update_keeps_the_dates_and_a_second_one_changes_nothing(course, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ROOT", str(course.root))
    assert CliRunner().invoke(app, ["links", "--update"]).output == ""
    text = (course.layout.modules / "external-links.toml").read_text()
    assert read_list(course.layout)["https://example.org/entropia"] == "2026-11-22"
    CliRunner().invoke(app, ["links", "--update"])
    assert (course.layout.modules / "external-links.toml").read_text() == text


@pytest.mark.parametrize("day", ["ayer", "2026-13-01", "20261122", ""])
def test_a_day_that_is_none_is_named(course, day):
    plant(course, "modules/external-links.toml", "2026-11-22", day)
    (said,) = external(course)
    assert said.endswith(f'https://example.org/entropia: has the date «{day}»; write 2026-11-22, or "never"')


def test_addresses_of_the_bibliography_count_and_name_their_entry(course):
    plant(course, "modules/external-links.toml", '"https://doi.org/10.1002/j.1538-7305.1948.tb01338.x" = "never"\n', "")
    (said,) = external(course)
    assert said.startswith("modules/references.bib, line 1 «references»: https://doi.org/10.1002/")


def test_an_address_with_an_ampersand_stays_one(course):
    entry = "@misc{s, author = {Quien, A.}, title = {T}, year = {2024}, url = {https://example.org/?a=1&b=2}}\n"
    plant(course, "modules/references.bib", "@article", entry + "@article")
    (said,) = external(course)
    assert "https://example.org/?a=1&b=2: is not listed" in said


def test_a_list_that_is_not_toml_is_one_line(course):
    (course.layout.modules / "external-links.toml").write_text("[")
    with pytest.raises(CourseError, match=r"modules/external-links\.toml: not valid TOML"):
        read_list(course.layout)
