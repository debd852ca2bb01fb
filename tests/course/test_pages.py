from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from minicourse import TOML

from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.pages import write_claims, write_index
from coursekit.course.results.claims import judge_claims
from coursekit.course.results.collect import Metric, Results
from coursekit.notebook.measured import METRIC_MIME


def test_the_index_links_what_was_built_and_the_ledger_shows_each_claim(mini):
    claim = '[[claim]]\nid = "c"\nstatement = "Dos & dos"\nsource = "@shannon1948, sección 1"\npublished = "4"\n'
    mini.add("09-mini", toml=TOML + claim + 'metric = "suma"\nequals = 4\nreproduced = true\nnote = "nota"\n')
    course = Course(mini.layout)
    assert write_index(course) == "build/index.html"
    assert "Nada construido todavía" in (mini.layout.build / "index.html").read_text(encoding="utf-8")
    for path in ("decks/student/09-mini.pdf", "decks/instructor/09-mini-15min.html", "notebooks/09-mini.ipynb"):
        write_text(mini.layout.build / path, "x")
    write_index(course)
    page = (mini.layout.build / "index.html").read_text(encoding="utf-8")
    for link in ('href="decks/student/09-mini.pdf"', 'href="decks/instructor/09-mini-15min.html"', "09-mini.ipynb"):
        assert link in page
    write_claims(course, judge_claims(course.modules[0], Results({"suma": Metric("suma", 4)})))
    ledger = (mini.layout.build / "claims.html").read_text(encoding="utf-8")
    for text in (
        "Dos &amp; dos",
        ">Shannon, 1948</a>, sección 1<",
        "doi.org/10.1002",
        "reproducido",
        "nota",
        '<td class="number">4</td>',
    ):
        assert text in ledger
    (mini.layout.modules / "references.bib").write_text("")
    with pytest.raises(CourseError, match="modules/09-mini/module.toml: claim 'c': unknown source @shannon1948"):
        write_claims(course.reread(), judge_claims(course.modules[0], Results()))


def test_the_ledger_says_when_and_where_longer_runs_measured(mini):
    mini.add("09-mini", "x = 1")
    course = Course(mini.layout)
    write_claims(course, [])
    assert "Grabaciones" not in (mini.layout.build / "claims.html").read_text(encoding="utf-8")
    long = {"date": "2026-11-22", "machine": "AMD EPYC, 2 cores"}
    shown = [{METRIC_MIME: {"name": name, "value": 4, "recorded": made}} for name, made in (("a/b", long), ("c", None))]
    mini.executed("09-mini", *shown)
    write_claims(course.reread(), [])
    soup = BeautifulSoup((mini.layout.build / "claims.html").read_text(encoding="utf-8"), "lxml")
    (row,) = soup.select("tr[id]")
    assert row["id"] == "grabado-09-mini-a-b"  # where the dot on a slide leads: slides/engine/spans.mjs
    cells = [cell.get_text() for cell in row.select("td")]
    assert cells == ["09-mini", "a/b", "4", "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"]


HOSTILE = """x"'><script>alert(1)</script><img src=x onerror=alert(2)>&"""


def test_no_text_of_a_manifest_or_the_bibliography_becomes_a_tag(mini):
    said = "'''" + HOSTILE + "'''"
    claim = f"[[claim]]\nid = 'c'\nstatement = {said}\nsource = {said.replace(HOSTILE, '@shannon1948, ' + HOSTILE)}\n"
    toml = TOML.replace('"Módulo mínimo"', said).replace('"¿Cuánto es dos más dos?"', said)
    mini.add("09-mini", toml=f"{toml}{claim}published = {said}\nnote = {said}\n")
    entry = f"@book{{shannon1948, author = {{{HOSTILE} and B, C}}, title = {{{HOSTILE}}}, year = {{1948}}, "
    entry += f"journal = {{{HOSTILE}}}, url = {{https://a.es/?{HOSTILE}}}}}"
    (mini.layout.modules / "references.bib").write_text(entry, encoding="utf-8")
    write_text(mini.layout.decks / "instructor" / '09-mini.<script>"x.html', "x")
    course = Course(mini.layout)
    (module,) = course.modules
    (judgement,) = judge_claims(module, Results())
    judgement = replace(judgement, claim=replace(judgement.claim, id=HOSTILE), verdict=HOSTILE)  # past the schema
    write_claims(course, [judgement])
    write_index(course)
    pages = [(mini.layout.build / name).read_text(encoding="utf-8") for name in ("claims.html", "index.html")]
    for page in [*pages, course.references["shannon1948"].html]:
        soup = BeautifulSoup(page, "lxml")
        assert not soup.find_all(["script", "img"])
        assert all(href.startswith(("https://a.es/", "claims.html", "index.html", "decks/")) for href in links(soup))
        assert not [tag for tag in soup.find_all() for name in tag.attrs if name.startswith("on")]
        assert "alert(1)" in soup.get_text()


def links(soup):
    return [tag["href"] for tag in soup.find_all(href=True)]
