"""strip, scaffold, deckset, status, pages: a few lines each."""

import json

import pytest
from minicourse import SUM_CELL, TOML

from coursekit.course.build import drift, jobs_for, sync
from coursekit.course.claims import judge_claims
from coursekit.course.deck_notes import notes_text
from coursekit.course.deckset import convert
from coursekit.course.errors import CourseError
from coursekit.course.layout import atomic_write, write_text
from coursekit.course.manifest import discover
from coursekit.course.pages import write_claims, write_index
from coursekit.course.results import Metric, Results
from coursekit.course.scaffold import new_module
from coursekit.course.status import notebook_notes
from coursekit.course.strip import strip, stripped


def test_strip_removes_outputs_counters_and_widgets_and_then_has_nothing_to_do(mini):
    path = mini.add("09-mini", SUM_CELL)
    document = json.loads(path.read_text())
    document["cells"][1] |= {
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "4"}],
        "execution_count": 7,
    }
    document["cells"][1]["metadata"] = {"collapsed": True}
    document["metadata"]["widgets"] = {}
    path.write_text(json.dumps(document))
    assert strip(path)
    clean = json.loads(path.read_text())
    assert clean["cells"][1]["outputs"] == []
    assert clean["cells"][1]["execution_count"] is None
    assert clean["cells"][1]["metadata"] == {}
    assert clean["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert clean["cells"][1]["source"] == SUM_CELL.splitlines(keepends=True)
    assert "widgets" not in clean["metadata"]
    assert not strip(path)


def test_a_new_module_is_valid_and_is_not_written_twice(mini):
    written = new_module(mini.layout, "09-datos", 'Datos y "preentrenamiento"')
    assert written == [
        "modules/09-datos/module.toml",
        "modules/09-datos/README.md",
        "slides/09-datos.md",
        "notebooks/09-datos.ipynb",
    ]
    (module,) = discover(mini.layout)
    assert module.title == "Datos y 'preentrenamiento'"
    notebook = module.notebooks(mini.layout)[0]
    assert stripped(notebook) == notebook.read_text(encoding="utf-8")
    with pytest.raises(CourseError, match="modules/09-datos/module.toml exists already"):
        new_module(mini.layout, "09-datos", "Otra")
    with pytest.raises(CourseError, match="expected a slug such as '09-datos'"):
        new_module(mini.layout, "Datos", "Datos")
    assert "Qué decir" in (mini.layout.slides / "09-datos.md").read_text(encoding="utf-8")


def test_deckset_notes_become_comments_and_code_stays():
    deck = "# A\n\n^ **Notas:** uno --> dos\n^ tres\n\n---\n\n```\n^ code\n```\n\n^ fin"
    assert convert(deck) == (
        "# A\n\n<!--\n**Notas:** uno –> dos\ntres\n-->\n\n---\n\n```\n^ code\n```\n\n<!--\nfin\n-->\n"
    )


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(FileNotFoundError), atomic_write(path) as partial:
        partial.with_name("missing").rename(partial)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_status_says_what_was_never_executed(mini):
    mini.add("09-mini", SUM_CELL)
    (note,) = notebook_notes(jobs_for(mini.layout, discover(mini.layout)))
    assert (note.thing, note.state, note.advice) == ("09-mini", "not executed", "coursekit run 09-mini")
    assert note.stale


def test_status_advises_a_command_that_there_is(mini):
    mini.add("09-mini", SUM_CELL)
    notebook = mini.layout.notebooks / "09-mini.ipynb"
    notebook.with_name("09-mini-a-fondo.ipynb").write_text(notebook.read_text(encoding="utf-8"), encoding="utf-8")
    notes = notebook_notes(jobs_for(mini.layout, discover(mini.layout)))
    assert [(note.thing, note.advice) for note in notes] == [
        ("09-mini", "coursekit run 09-mini"),
        ("09-mini-a-fondo", "coursekit run 09-mini"),
    ]


def test_drift_and_sync_speak_of_one_module_or_of_all(mini, capsys):
    mini.add("08-otro")
    mini.add("09-mini")
    assert len(drift(mini.layout, None)) == 2
    assert [d.file for d in drift(mini.layout, "09")] == ["slides/09-mini.md"]
    with pytest.raises(CourseError, match="unknown metric 'suma'"):
        sync(mini.layout, "09")


def test_the_index_links_what_was_built_and_the_ledger_shows_each_claim(mini):
    claim = '[[claim]]\nid = "c"\nstatement = "Dos & dos"\nsource = "@shannon1948, sección 1"\npublished = "4"\n'
    mini.add("09-mini", toml=TOML + claim + 'metric = "suma"\nequals = 4\nreproduced = true\nnote = "nota"\n')
    modules = discover(mini.layout)
    assert write_index(mini.layout, modules) == "build/index.html"
    assert "Nada construido todavía" in (mini.layout.build / "index.html").read_text(encoding="utf-8")
    for path in ("decks/student/09-mini.pdf", "decks/instructor/09-mini-15min.html", "notebooks/09-mini.ipynb"):
        write_text(mini.layout.build / path, "x")
    write_index(mini.layout, modules)
    page = (mini.layout.build / "index.html").read_text(encoding="utf-8")
    for link in ('href="decks/student/09-mini.pdf"', 'href="decks/instructor/09-mini-15min.html"', "09-mini.ipynb"):
        assert link in page
    write_claims(mini.layout, judge_claims(modules[0], Results({"suma": Metric("suma", 4)})))
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
        write_claims(mini.layout, judge_claims(modules[0], Results()))


def test_notes_as_text_part_no_words(mini):
    section = (
        '<svg><foreignObject><section data-minutes="1.5"><h1>Es <b>e</b>xacta: sí</h1></section></foreignObject></svg>'
    )
    note = '<div class="bespoke-marp-note" data-index="0"><p>Antes (<em>post-norm</em>).</p><p>Y<br>fin.</p></div>'
    page = mini.root / "09-mini.html"
    page.write_text(section + note, encoding="utf-8")
    head = "1. Es exacta: sí (1,5 min)"
    assert notes_text(page) == f"{head}\n{'-' * len(head)}\nAntes (post-norm).\nY fin.\n"


def test_a_formula_in_a_heading_is_its_tex_in_the_notes(mini):
    drawing = '<svg aria-label="n \\log n &lt; \\text{día}"><g><path d="M51 0"></path><text>í</text></g></svg>'
    heading = f"<h1>No es <mjx-container>{drawing}</mjx-container>: menos</h1>"
    page = mini.root / "09-mini.html"
    page.write_text(f"<svg><foreignObject><section>{heading}</section></foreignObject></svg>", encoding="utf-8")
    assert notes_text(page).splitlines()[0] == r"1. No es n \log n < \text{día}: menos"
