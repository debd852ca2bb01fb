"""What is done to an output after Marp."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks import make
from coursekit.course.decks.outputs import Output
from coursekit.course.finding import FindingsError


@pytest.mark.parametrize(("route", "titles"), [(False, ["Uno", "Dos", "Tres"]), (True, ["Uno", "Tres"])])
def test_a_pdf_s_outline_names_the_slides_that_it_has(tmp_path: Path, monkeypatch, route, titles) -> None:
    given = []
    monkeypatch.setattr(make, "finish_pdf", lambda path, names: given.append((path, names)))
    deck = plain_deck(
        tmp_path,
        '<section data-slide="1" data-route="2"><h1>Uno</h1></section>',
        '<section data-slide="2"><h1>Dos</h1></section>',
        '<section data-slide="3" data-route="0"><h1>Tres</h1></section>',
    )
    make._name_pages(deck, Output(tmp_path / "x.pdf", "pdf", "student", route, ()))
    assert given == [(tmp_path / "x.pdf", titles)]


def test_a_page_with_a_formula_that_cannot_be_read_is_removed(tmp_path: Path) -> None:
    fault = '<section data-slide="2"><h1>Dos</h1><g data-mjx-error="Missing close brace"></g></section>'
    deck = plain_deck(tmp_path, '<section data-slide="1"><h1>Uno</h1></section>', fault)
    output = Output(deck.page.path, "plain", "instructor", False, ())
    with pytest.raises(FindingsError) as raised:
        make._check_formulas(deck, output)
    (finding,) = raised.value.findings
    assert (finding.number, finding.problem) == (2, "TeX error: Missing close brace")
    assert not output.path.exists()
    sound = plain_deck(tmp_path, '<section data-slide="1"><h1>Uno</h1></section>')
    make._check_formulas(sound, output)
    assert output.path.exists()
