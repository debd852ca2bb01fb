"""A built deck is read once, whoever asks."""

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks import built, stage
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import GATES, page
from coursekit.course.decks.notes import notes_text
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover

SLIDE = '<section data-slide="1" data-route="1" data-deck-minutes="2" data-note-words="0"><h1>Gana por 3</h1></section>'


def test_no_page_is_parsed_twice_by_the_gates_and_the_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = plain_deck(tmp_path, SLIDE)
    deck = BuiltDeck(plain.name, plain.outputs)
    for html in (deck.instructor, deck.route):
        html.path.parent.mkdir(parents=True, exist_ok=True)
        html.path.write_text(deck.page.path.read_text(encoding="utf-8"), encoding="utf-8")
    parsed = []
    parse = built.BeautifulSoup
    monkeypatch.setattr(built, "BeautifulSoup", lambda *arguments: parsed.append(1) or parse(*arguments))
    monkeypatch.setattr(page, "browser_or_hint", lambda: (tmp_path, ""))
    monkeypatch.setattr(page, "_look", lambda path, browser: ([], [], []))
    found = [finding.element for gate in GATES for finding in gate(deck)]
    assert notes_text(deck.instructor).startswith("1. Gana por 3")
    assert {"notes", "_minutes", "«Gana por 3»", "student/07-prueba.pdf"} <= set(found)
    assert len(parsed) == 3  # the plain page, the presenter's, the route's


def test_a_page_that_was_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="07-prueba: its deck was not built: run `coursekit slides 07-prueba`"):
        BuiltDeck("07-prueba", tmp_path).page.sections  # noqa: B018


def test_every_gate_looks_at_every_deck_and_the_guide_where_there_is_one(mini, monkeypatch):
    mini.add("08-otro")
    mini.add("09-mini")
    seen = []
    monkeypatch.setattr(stage, "GATES", (lambda deck: seen.append((deck.name, deck.complete)) or (),) * 2)
    monkeypatch.setattr(stage, "check_module", lambda deck, minutes: lasts.append(minutes) or ())
    lasts = []
    assert list(stage.gate_findings(mini.layout, discover(mini.layout))) == []
    assert lasts == [2, 2]
    assert seen == [("08-otro", True)] * 2 + [("09-mini", True)] * 2
    guide = BuiltDeck(mini.layout.guide.stem, mini.layout.decks).page.path
    guide.parent.mkdir(parents=True)
    guide.touch()
    seen.clear()
    list(stage.gate_findings(mini.layout, discover(mini.layout)))
    assert seen[4:] == [("guia-de-estilo", False)] * 2
    assert lasts[4:] == [None]
