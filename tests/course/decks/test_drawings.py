"""Drawings with frames in a deck: in the presenter's page the arrow steps through them; on paper there is no step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from coursekit.course.browser import ARGUMENTS, find_browser
from coursekit.course.decks.build import DeckResult, build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.finding import FindingsError
from coursekit.notebook.drawing import Drawing, text, tokens

ROOT = Path(__file__).parents[3]
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\npaginate: true\nmath: mathjax\nminutes: 4\n---\n\n"
ALT = "Una fila de tres tokens & el hueco del final."
SLIDES = """<!-- _minutes: 1 -->

# La fila crece

![viñetas w:900](figures/fila.svg)

<!-- Primero se ve la fila y después el hueco. -->

---

<!-- _minutes: 2
_route: 1 -->

# La tira cambia

![Tres palabras que se turnan en el mismo sitio](figures/tira.svg)

<!-- Cada viñeta sustituye a la anterior. -->

---

# Al final

![dibujo](figures/una.svg)

<!-- Y con esto se acaba la presentación. -->
"""


def draw(folder: Path, name: str, frames: int, strip: bool) -> None:
    made = Drawing(240, title=name, alt=ALT, strip=strip)
    for frame in range(frames):
        if frame:
            made.next_frame()
        made.add(tokens([f"viñeta{frame + 1}"], 20 + 200 * frame, 120))
        made.add(text(f"paso {frame + 1}", 80 + 200 * frame, 40))
    (folder / f"{name}.svg").write_text(made.svg, encoding="utf-8")


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    figures = tmp_path / "course" / "slides" / "figures"
    figures.mkdir(parents=True)
    (tmp_path / "course" / "modules").mkdir()
    draw(figures, "fila", 3, strip=False)
    draw(figures, "tira", 3, strip=True)
    draw(figures, "una", 1, strip=False)
    return figures.parent / "91-prueba.md"


def build(deck: Path, slides: str = SLIDES, **changes: object) -> DeckResult:
    deck.write_text(HEAD + slides, encoding="utf-8")
    options = {"formats": ("html",), "editions": ("instructor",), "browser": None, "route": False} | changes
    return build_deck(deck, context={}, out=deck.parent / "decks", project=ROOT, **options)


def built(deck: Path) -> BuiltDeck:
    return BuiltDeck(deck.stem, deck.parent / "decks")


def test_a_drawing_with_frames_stands_in_the_page_and_says_what_it_shows(deck: Path) -> None:
    build(deck)
    page = built(deck).instructor
    grows, turns, single = (section.tag for section in page.sections)
    assert grows.svg["aria-label"] == ALT
    assert grows.svg["style"] == "width:900px"
    assert turns.svg["aria-label"] == "Tres palabras que se turnan en el mismo sitio"
    for slide in (grows, turns):
        frames = slide.svg.select("g[data-frame]")
        assert [group.get("data-marpit-fragment") for group in frames] == [None, "1", "2"]
        assert not slide.svg.select("[display], title, desc")
    assert single.svg is None
    assert single.img["alt"] == ALT
    assert "fila.svg" not in str(page.soup)


def test_the_page_of_the_gates_and_the_paper_show_no_steps(deck: Path) -> None:
    build(deck)
    grows, turns, _ = (section.tag for section in built(deck).page.sections)
    assert not built(deck).page.soup.select("[data-marpit-fragment]")
    assert [group.get("display") for group in grows.svg.select("g[data-frame]")] == [None, None, None]
    assert [group.get("display") for group in turns.svg.select("g[data-frame]")] == ["none", "none", None]
    assert [section.pages for section in built(deck).page.sections] == [1, 3, 1]


def test_two_drawings_with_frames_on_a_slide_are_an_error(deck: Path) -> None:
    two = "# Dos\n\n![viñetas](figures/fila.svg)\n\n![viñetas](figures/tira.svg)\n"
    with pytest.raises(FindingsError, match="2 drawings with frames: stand on one slide"):
        build(deck, two)
    with pytest.raises(FindingsError, match="no.svg: no such image"):
        build(deck, "# Ninguna\n\n![viñetas](figures/no.svg)\n")


@pytest.mark.browser
@pytest.mark.slow
def test_the_arrow_brings_the_frames_and_the_page_number_stays(deck: Path) -> None:
    build(deck)
    shown = """() => {
        const slide = document.querySelector('svg.bespoke-marp-active')
        const frames = [...slide.querySelectorAll('g[data-frame]')].map((g) => getComputedStyle(g).visibility)
        return [slide.querySelector('section').dataset.marpitPagination, ...frames.map((it) => it === 'visible')]
    }"""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(find_browser()), args=list(ARGUMENTS))
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(built(deck).instructor.path.resolve().as_uri())
        page.wait_for_selector("svg.bespoke-marp-active")
        seen = [page.evaluate(shown)]
        for _ in range(6):
            page.keyboard.press("ArrowRight")
            seen.append(page.evaluate(shown))
        page.keyboard.press("ArrowLeft")
        back = page.evaluate(shown)
        chromium.close()
    assert seen == [
        ["1", True, False, False],
        ["1", True, True, False],
        ["1", True, True, True],
        ["2", True, False, False],
        ["2", False, True, False],
        ["2", False, False, True],
        ["3"],
    ]
    assert back == ["2", False, False, True]


@pytest.mark.browser
@pytest.mark.slow
def test_on_paper_a_strip_has_a_page_a_frame_and_one_number(deck: Path) -> None:
    result = build(deck, browser=find_browser(), formats=("html", "pdf"), route=True)
    pdf = next(path for path in result.paths if path.name == "91-prueba.pdf")
    pages = PdfReader(pdf).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert [re.search(r"(\d)\D*$", text)[1] for text in texts] == ["1", "2", "2", "2", "3"]
    notes = [sum(a.get_object().get("/Subtype") == "/Text" for a in page.get("/Annots", ())) for page in pages]
    assert notes == [1, 1, 0, 0, 1]
    assert [item.title for item in PdfReader(pdf).outline] == ["La fila crece"] + ["La tira cambia"] * 3 + ["Al final"]
    route = next(path for path in result.paths if path.name == "91-prueba-15min.pdf")
    assert len(PdfReader(route).pages) == 3
