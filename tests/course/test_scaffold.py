"""A fresh module passes the gates before its author has written a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prosecourse import sound

from coursekit.course import commands, quality
from coursekit.course.browser import find_browser
from coursekit.course.course import Course
from coursekit.course.decks.build import build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import GATES
from coursekit.course.errors import CourseError
from coursekit.course.finding import Mark
from coursekit.course.manifest import discover
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.strip import stripped
from coursekit.course.scaffold import new_module

CONTEXT = {"metrics": {"toy/first": {"text": "67 %", "origin": "medido"}}}


def test_a_new_module_passes_the_gates_of_prose_links_and_notebooks(tmp_path: Path) -> None:
    layout = sound(tmp_path / "course").layout
    before = quality.prose(Course(layout))
    new_module(layout, "10-datos", "Datos y preentrenamiento")
    course = Course(layout)
    assert quality.prose(course) == before
    assert quality.manifests(course) == []
    assert [p for p in quality.committed_notebooks(course) if "10-datos" in p] == []


def test_a_new_module_is_listed_in_order(tmp_path: Path) -> None:
    layout = sound(tmp_path / "course").layout
    readme = layout.root / "README.es.md"
    introduction = readme.read_text(encoding="utf-8")
    readme.write_text(
        introduction + "\n## Módulos\n\n- [09 · Mini](modules/09-mini/README.md)\n\n## Licencias\n\nMIT.\n"
    )
    assert "README.es.md" in new_module(layout, "08-datos", 'Datos y "texto"')
    assert readme.read_text(encoding="utf-8") == (
        introduction + "\n## Módulos\n\n- [08 · Datos y 'texto'](modules/08-datos/README.md)\n"
        "- [09 · Mini](modules/09-mini/README.md)\n\n## Licencias\n\nMIT.\n"
    )


def test_a_course_without_a_list_gets_one(tmp_path: Path) -> None:
    layout = sound(tmp_path / "course").layout
    new_module(layout, "10-datos", "Datos")
    readme = (layout.root / "README.es.md").read_text(encoding="utf-8")
    assert readme.endswith("\n\n## Módulos\n\n- [10 · Datos](modules/10-datos/README.md)\n")


def test_a_new_notebook_opens_as_the_others_do(tmp_path: Path) -> None:
    layout = sound(tmp_path / "course").layout
    path = layout.notebooks / "09-mini.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    badge = "[![Abrir](https://e.org/b.svg)](https://colab.research.google.com/github/q/c/blob/main/notebooks/{}.ipynb)"
    document["cells"][0]["source"].insert(0, badge.format("09-mini") + "\n\n")
    install = {"cell_type": "code", "id": "i", "metadata": {"tags": ["install"]}, "source": ["!pip list"]}
    document["cells"].append({**install, "outputs": [], "execution_count": None})
    path.write_text(json.dumps(document), encoding="utf-8")
    new_module(layout, "10-datos", "Datos")
    first, second, third = json.loads((layout.notebooks / "10-datos.ipynb").read_text(encoding="utf-8"))["cells"][:3]
    assert "".join(first["source"]).startswith(badge.format("10-datos") + "\n\n# 10 · Datos\n")
    assert (second["source"], second["metadata"]) == (["!pip list"], {"tags": ["install"]})
    assert third["metadata"] == {"tags": ["parameters"]}


def test_a_new_notebook_has_the_habit_of_the_course(tmp_path: Path) -> None:
    layout = sound(tmp_path / "course").layout
    new_module(layout, "10-datos", "Datos")
    cells = json.loads((layout.notebooks / "10-datos.ipynb").read_text(encoding="utf-8"))["cells"]
    text = ["".join(cell["source"]) for cell in cells]
    (folded,) = [cell for cell in cells if "hide-input" in cell["metadata"].get("tags", [])]
    assert folded["metadata"]["jupyter"] == {"source_hidden": True}
    order = (
        *(
            "**Antes de ejecutar, apuesta.**",
            "weights = [exp",
            "by_kernel =",
            "record_table(",
            "Lo que se ve, en palabras",
        ),
        *("**10.1 ·", "dificultad ●○○", 'check("10.1"', "**Para jugar.**", "def mira("),
    )
    joined = "\n".join(text)
    places = [joined.index(words) for words in order]
    assert places == sorted(places)
    assert "<details>" in joined
    assert not [words for words in (*text, (layout.slides / "10-datos.md").read_text(encoding="utf-8")) if "@" in words
                and "# @title" not in words]  # fmt: skip
    assert "edition: 2" in (layout.slides / "10-datos.md").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow
def test_a_new_module_runs_and_its_numbers_are_those_of_its_deck_and_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = sound(tmp_path / "course").layout
    monkeypatch.setenv("COURSEKIT_ROOT", str(layout.root))
    new_module(layout, "10-datos", "Datos")
    before = {path: path.read_bytes() for path in (layout.slides / "10-datos.md", *layout.figures.rglob("*.svg"))}
    assert len(before) == 2
    commands.execute(Course(layout, "10"))
    commands.sync(Course(layout, "10"))
    assert {path: path.read_bytes() for path in before} == before  # sync found nothing to change
    executed = json.loads((layout.executed / "10-datos.ipynb").read_text(encoding="utf-8"))
    said = [output.get("text", "") for cell in executed["cells"] for output in cell.get("outputs", [])]
    assert any("⏳ Ejercicio 10.1" in "".join(text) for text in said)
    course = Course(layout, "10")
    assert [problem for problem in quality.figures(course) if "10-datos" in problem] == []
    assert [note for note in commands.status(course) if note.thing.startswith("10-datos") and note.stale] == []
    assert course.results(course.chosen[0]).metrics["toy/first"].literal == "67\u00a0%"  # e² / (e² + e + 1) = 0.665
    build_deck(layout.slides / "10-datos.md", context=CONTEXT, out=tmp_path / "decks", browser=find_browser())
    found = [finding for gate in GATES for finding in gate(BuiltDeck("10-datos", tmp_path / "decks"))]
    assert [str(finding) for finding in found if not isinstance(finding, Mark)] == []


def test_a_new_module_is_valid_and_is_not_written_twice(mini):
    written = new_module(mini.layout, "09-datos", 'Datos y "preentrenamiento"')
    assert written == [
        "modules/09-datos/module.toml",
        "modules/09-datos/README.md",
        "slides/09-datos.md",
        "slides/drawings/09-datos.py",
        "notebooks/09-datos.ipynb",
        "slides/figures/09-datos/pesos.svg",
    ]
    (module,) = discover(mini.layout)
    assert module.title == "Datos y 'preentrenamiento'"
    notebook = module.notebooks(mini.layout)[0]
    assert stripped(Notebook(notebook, notebook.name)) == notebook.read_text(encoding="utf-8")
    with pytest.raises(CourseError, match="modules/09-datos/module.toml exists already"):
        new_module(mini.layout, "09-datos", "Otra")
    with pytest.raises(CourseError, match="expected a slug such as '09-datos'"):
        new_module(mini.layout, "Datos", "Datos")
    assert "Di: " in (mini.layout.slides / "09-datos.md").read_text(encoding="utf-8")
