import json
import re
from datetime import date

import pytest

from coursekit.corpus import curso


@pytest.fixture
def course(tmp_path):
    for folder in ("slides", "notebooks", "modules/01-uno"):
        (tmp_path / folder).mkdir(parents=True)
    deck = (
        "---\nmarp: true\ntitle: fuera\n---\n\n<!-- _class: lead\n_minutes: 1 -->\n\n# Atención y **memoria**\n\n"
        "Cuesta $T^2$ y `código` fuera; véase [la página](https://a.b) y [@vaswani2017, ec. 1].\n\n"
        "```python\nfuera = 1\n```\n\n$$ x^2 $$\n\n<!--\nNota para la sala.\n-->\n"
    )
    (tmp_path / "slides" / "01-uno.md").write_text(deck)
    (tmp_path / "modules" / "01-uno" / "README.md").write_text("Página del módulo.\n")
    (tmp_path / "README.es.md").write_text("Léeme.\n")
    cells = [{"cell_type": "markdown", "source": ["Una ", "celda."]}, {"cell_type": "code", "source": ["fuera"]}]
    (tmp_path / "notebooks" / "01-uno.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_spanish_is_the_prose_and_nothing_else(course):
    found = curso.read_spanish(course)
    assert list(found) == ["README.es.md", "modules/01-uno/README.md", "notebooks/01-uno.ipynb", "slides/01-uno.md"]
    assert found["notebooks/01-uno.ipynb"] == "Una celda."
    deck = found["slides/01-uno.md"]
    assert "# Atención y **memoria**" in deck
    assert "Nota para la sala." in deck
    for absent in ("fuera =", "marp", "_minutes", "T^2", "x^2", "código", "https", "@vaswani", "<!--", "]"):
        assert absent not in deck
    assert "la página" in deck
    assert "" not in deck.splitlines()


def test_this_course_has_prose_in_both_languages():
    spanish, english = " ".join(curso.spanish().values()), " ".join(curso.english().values())
    assert " atención " in spanish
    assert " the " in english
    assert len(spanish) > 15_000
    assert len(english) > 100_000
    # the commonest word tells the language
    assert spanish.count(" de ") > 10 * spanish.count(" the ")
    assert english.count(" the ") > 10 * english.count(" de ")


def test_english_is_docstrings_only(tmp_path):
    (tmp_path / "a.py").write_text('"""Top."""\nclass C:\n    """Of a class."""\n    def f(self):\n        "Of f."\n')
    (tmp_path / "b.py").write_text("x = 'not a docstring'\n")
    assert curso.read_english(tmp_path) == {"a.py": "Top.\n\nOf a class.\n\nOf f."}


def test_the_text_is_a_snapshot_that_no_note_in_a_deck_moves(course, tmp_path):
    file = tmp_path / "curso.json"
    curso.take_snapshot(course, file)
    taken = json.loads(file.read_text(encoding="utf-8"))
    assert taken["spanish"] == curso.read_spanish(course)
    assert taken["date"] == date.today().isoformat()
    deck = course / "slides" / "01-uno.md"
    deck.write_text(deck.read_text() + "\n<!--\nOtra nota, muy larga.\n-->\n")
    assert json.loads(file.read_text(encoding="utf-8")) == taken
    assert curso.read_spanish(course) != taken["spanish"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", curso.snapshot_date())


@pytest.mark.parametrize("read", [curso.spanish, curso.english])
def test_nobody_changes_the_snapshot_through_what_it_gives(read):
    before = len(read())
    read().clear()
    assert len(read()) == before > 0


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("---\ntitle: a\n---\nUno.\n---\nDos.", "Uno.\nDos."),  # front matter, and a rule between slides
        ("Uno.\n\n---\ntitle: a\n---\n", "Uno.\ntitle: a"),  # which stands at the beginning only
        ("```python\nx = 1\n\ny = 2\n```\nUno.", "Uno."),
        ("Cuesta $T^2$, no $5 ni 6$.", "Cuesta  , no  ."),
        ("Uno $$ x\n= 2 $$ dos", "Uno   dos"),
        ("Un `nombre` y <b id='x'>dos</b>", "Un   y  dos"),
        ("<!-- _class: a\n_minutes: 2 -->\n<!-- Nota. -->", "Nota."),
        ("![Una recta](figuras/x.svg) y [la página](a.md)", "Una recta  y  la página"),
        ("   * uno\n\n   ---\n\t2. dos  ", "* uno\n2. dos"),
    ],
)
def test_what_is_prose(tmp_path, text, prose):
    (tmp_path / "README.es.md").write_text(text, encoding="utf-8")
    assert curso.read_spanish(tmp_path) == {"README.es.md": prose}
