import pytest
from minicourse import TOML

from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.pages import write_claims, write_index
from coursekit.course.results.claims import judge_claims
from coursekit.course.results.collect import Metric, Results


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
