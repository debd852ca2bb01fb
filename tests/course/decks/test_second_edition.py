"""What the engine does for the second edition: parts and progress, titles, formulas, marks of recordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from coursekit.course.decks.build import build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import FindingsError

ROOT = Path(__file__).parents[3]
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\nmath: mathjax\nminutes: 4\n{}---\n\n"
MARK = "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
METRICS = {
    "a/b": {"text": "4 %", "origin": f"medido por el cuaderno x; {MARK}"},
    "a/b@recorded": {"text": MARK, "origin": MARK},
    "08-otro:c@recorded": {"text": MARK, "origin": MARK},
}


def build(folder: Path, *slides: str, head: str = "") -> BuiltDeck:
    path = folder / "91-prueba.md"
    path.write_text(HEAD.format(head) + "\n\n---\n\n".join(slides) + "\n", encoding="utf-8")
    options = {"formats": ("html",), "editions": ("instructor",), "browser": None, "route": False}
    build_deck(path, context={"metrics": METRICS}, out=folder / "decks", project=ROOT, **options)
    return BuiltDeck("91-prueba", folder / "decks")


def bars(deck: BuiltDeck) -> list[tuple[str, list[str]]]:
    """(the columns, how much of each piece is done) of each slide's bar; an empty one where there is none."""
    found = [section.tag.select_one(".progress") for section in deck.page.sections]
    return [
        (bar["style"].partition(": ")[2], [piece["style"].partition(": ")[2] for piece in bar.select("i")])
        if bar
        else ("", [])
        for bar in found
    ]


def test_dividers_are_numbered_and_the_bar_has_a_piece_a_part(tmp_path: Path) -> None:
    part = "<!-- _class: part -->\n\n# Parte"
    lead, appendix = "<!-- _class: lead -->\n\n# P", "<!-- _class: appendix -->\n\n# E"
    deck = build(tmp_path, lead, "# A", part, "# B", "# C", part, "# D", appendix)
    numbered = [section.tag.get("data-part") for section in deck.page.sections]
    assert numbered == [None, None, "1", None, None, "2", None, None]
    assert bars(deck) == [
        ("", []),
        ("1fr 2fr 1fr", ["100%", "0%", "0%"]),
        ("", []),
        ("1fr 2fr 1fr", ["100%", "50%", "0%"]),
        ("1fr 2fr 1fr", ["100%", "100%", "0%"]),
        ("", []),
        ("1fr 2fr 1fr", ["100%", "100%", "100%"]),
        ("", []),
    ]


def test_without_dividers_only_the_second_edition_has_a_bar(tmp_path: Path) -> None:
    assert bars(build(tmp_path, "# A", "# B")) == [("", [])] * 2
    second = build(tmp_path, "# A", "# B", head="edition: 2\n")
    assert bars(second) == [("2fr", ["50%"]), ("2fr", ["100%"])]
    assert [section.tag["data-edition"] for section in second.page.sections] == ["2", "2"]


def test_there_is_no_third_edition(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match='edition: 3: is no edition of the grammar of decks; write "edition: 2"'):
        build(tmp_path, "# A", head="edition: 3\n")
    with pytest.raises(FindingsError, match="editon: …: is no key of the front matter: did you mean edition"):
        build(tmp_path, "# A", head="editon: 2\n")


def test_no_line_of_a_title_ends_with_an_article(tmp_path: Path) -> None:
    deck = build(tmp_path, "# La escalera del barrido: el mismo paso y a la vez\n\nUn párrafo de la diapositiva.")
    h1, p = deck.page.sections[0].tag.select("h1, p")
    assert h1.get_text() == "La\u00a0escalera del\u00a0barrido: el\u00a0mismo paso y\u00a0a\u00a0la\u00a0vez"
    assert "\u00a0" not in p.get_text()
    assert deck.page.sections[0].title == "La escalera del barrido: el mismo paso y a la vez"


def test_the_address_of_a_title_is_made_of_its_words(tmp_path: Path) -> None:
    deck = build(tmp_path, '# La copia: <span data-metric="a/b">4 %</span> de más')
    assert deck.page.sections[0].tag.h1["id"] == "la-copia-4--de-más"


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{Atención}(Q)",
        r"\textbf{año}",
        r"\operatorname{máx}",
        r"\mathrm{señal}",
        r"\text{estímulo, qué, vergüenza, Él}",
        r"\text{sí}_{\text{está}}",
    ],
)
def test_letters_with_accents_are_drawn_in_a_formula(tmp_path: Path, tex: str) -> None:
    deck = build(tmp_path, f"# A\n\n$$ {tex} $$")
    drawn = deck.page.sections[0].tag.select_one("mjx-container")
    assert drawn.svg["aria-label"] == tex
    assert not drawn.select("text"), drawn.select("text")


def test_an_accent_stands_over_the_letter_it_belongs_to(tmp_path: Path) -> None:
    deck = build(tmp_path, r"# A" + "\n\n$$ \\text{ñ} $$\n\n$$ í $$")
    signs = [len(box.select("[data-c]")) for box in deck.page.sections[0].tag.select("mjx-container > svg")]
    assert signs == [2, 2]  # a letter and its accent each


def test_when_a_longer_run_measured_is_a_dot_that_leads_to_the_ledger(tmp_path: Path) -> None:
    slide = (
        f'# A\n\nHubo <span data-metric="a/b">4 %</span>; <span data-metric="a/b@recorded">{MARK}</span>.\n\n'
        f'<div class="source"><span data-metric="08-otro:c@recorded">{MARK}</span></div>'
    )
    deck = build(tmp_path, slide)
    for page, said in ((deck.instructor, ""), (deck.page, " 2026-11-22")):
        own, other = page.sections[0].tag.select(".recorded")
        assert own["title"] == other["title"] == MARK
        assert own.get_text() == other.get_text() == said
        assert len(own.select(".dot")) == 1
    links = [link["href"] for link in deck.instructor.sections[0].tag.select(".recorded a")]
    assert links == ["../../claims.html#grabado-91-prueba-a-b", "../../claims.html#grabado-08-otro-c"]
    assert not deck.page.sections[0].tag.select(".recorded a")
    assert BeautifulSoup(str(own), "lxml").select_one("[data-metric]")


def test_only_the_engine_says_that_a_number_was_measured(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="<div data-measured>: is what the engine writes"):
        build(tmp_path, '# A\n\n<div class="ends" data-measured="states">99 %</div>')


def test_a_note_begins_with_its_minutes_and_says_what_it_has(tmp_path: Path) -> None:
    slides = [
        f"<!-- _minutes: 1.5{more} -->\n\n# {title}\n\n<!--\nDi: algo que se pueda leer.\nPregunta: ¿qué?\n-->"
        for title, more in (("A", "\n_route: 1"), ("B", ""), ("C", "\n_route: 1"))
    ]
    slides.insert(1, "<!-- _class: part\n_minutes: 9 -->\n\n# Parte")
    deck = build(tmp_path, *slides, head="edition: 2\n")
    starts = [note[0].get_text().split("]")[0] for _, note in sorted(deck.instructor.notes.items())]
    assert starts == ["[min 0–1,5", "[min 1,5–3", "[min 3–4,5"]
    assert [section.tag.get("data-note-says") for section in deck.page.sections] == [
        "Di Pregunta", None, "Di Pregunta", "Di Pregunta"
    ]  # fmt: skip
    first = build(tmp_path, *slides)
    assert first.instructor.notes[0][0].get_text().startswith("Di: algo")


def test_a_slide_of_the_route_alone(tmp_path: Path) -> None:
    path = tmp_path / "91-prueba.md"
    slides = ["<!-- _route: 1 -->\n\n# A", "# B", "<!-- _route: 2\n_only: route -->\n\n# R"]
    path.write_text(HEAD.format("") + "\n\n---\n\n".join(slides) + "\n", encoding="utf-8")
    options = {"formats": ("html",), "editions": ("instructor",), "browser": None}
    build_deck(path, context={}, out=tmp_path / "decks", project=ROOT, **options)
    deck = BuiltDeck("91-prueba", tmp_path / "decks")
    assert [section.title for section in deck.instructor.sections] == ["A", "B"]
    assert [section.title for section in deck.route.sections] == ["A", "R"]
    seen = [(section.title, section.only_route) for section in deck.page.sections]
    assert seen == [("A", False), ("B", False), ("R", True)]
    for slide, told in (
        ("<!-- _only: papel -->\n\n# A", "is no output"),
        ("<!-- _only: route -->\n\n# A", "not in the"),
    ):
        with pytest.raises(FindingsError, match=told):
            build(tmp_path, "# Z", slide)
