"""A switch and a slider in a deck: with mouse and keys in a browser, fixed on paper, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from coursekit.course.bibliography import load_bibliography
from coursekit.course.browser import ARGUMENTS, find_browser
from coursekit.course.decks.build import build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import numbers, page
from coursekit.course.finding import FindingsError, Mark
from coursekit.notebook.drawing import Drawing, bars, tokens

ROOT = Path(__file__).parents[3]
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\nminutes: 2\n---\n\n"
STATES = {
    "contexto": {"labels": ["64", "512", "4096"], "values": {"mib": ["1 MiB", "8 MiB", "64 MiB"]}, "default": 1},
    "cabezas": {"labels": ["ninguna", "cinco"], "values": {"palabra": ["estaban", "estaba <"]}, "default": 0},
}
CONTEXT = {"states": STATES, "metrics": {"contexto/mib": {"text": "8 MiB", "origin": "medido"}}}
SLIDER = """# La caché crece

<div class="interactive" data-states="contexto" data-control="slider" data-label="Contexto en tokens">

Ocupa <span data-metric="contexto/mib" data-slot="mib">8 MiB</span>.

![estados](figures/estados.svg)

</div>

<!-- Se mueve el mando hasta el final y se lee el tamaño. -->"""
SWITCH = """# La cabeza decide

<div class="interactive" data-states="cabezas" data-control="switch" data-label="Cabeza apagada">

Y sale <b data-slot="palabra">estaban</b>.

</div>

<!-- Se apaga la cabeza y cambia la palabra. -->"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    slides = tmp_path / "course" / "slides"
    (slides / "figures").mkdir(parents=True)
    (tmp_path / "course" / "modules").mkdir()
    alt = "Una barra que crece con el contexto, en tres estados."
    drawing = Drawing(200, title="Estados", alt=alt, states=True, default=1)
    row = tokens(["caché"], 20, 170)
    drawing.under(row)
    for i, size in enumerate((1, 8, 64)):
        if i:
            drawing.next_frame()
        drawing.add(bars(row.parts, [size], 140, most=64, digits=None))
    (slides / "figures" / "estados.svg").write_text(drawing.svg, encoding="utf-8")
    return slides


def build(folder: Path, *slides: str, context: dict | None = None) -> BuiltDeck:
    path = folder / "91-prueba.md"
    path.write_text(HEAD + "\n\n---\n\n".join(slides) + "\n", encoding="utf-8")
    options = {"formats": ("html",), "editions": ("instructor",), "browser": None, "route": False}
    build_deck(path, context=context or CONTEXT, out=folder / "decks", project=ROOT, **options)
    return BuiltDeck("91-prueba", folder / "decks")


def test_paper_shows_the_default_and_the_two_ends(folder: Path) -> None:
    deck = build(folder, SLIDER, SWITCH)
    slider, switch = (section.tag for section in deck.page.sections)
    assert not deck.page.soup.select("script[data-states-of], .control")
    assert [card.get_text() for card in slider.select(".ends > div")] == ["64: 1 MiB", "4096: 64 MiB"]
    assert [card.get_text() for card in switch.select(".ends > div")] == ["cinco: estaba <"]  # the other is the default
    assert slider.select_one(".interactive .ends")
    assert [g.get("display") for g in slider.select("g[data-frame]")] == ["none", None, "none"]
    assert [finding for finding in numbers.check(deck) if not isinstance(finding, Mark)] == []


def test_the_page_of_presenters_holds_the_states(folder: Path) -> None:
    deck = build(folder, SLIDER, SWITCH)
    soup = deck.instructor.soup
    assert [script["data-states-of"] for script in soup.select("script[data-states-of]")] == ["contexto", "cabezas"]
    assert "estaba <" not in str(soup.select("script[data-states-of]")[1].string)  # escaped: \\u003c
    assert [g.get("data-marpit-fragment") for g in soup.select("g[data-frame]")] == [None] * 3
    assert not soup.select(".ends")


def test_the_script_is_there_when_the_references_fill_several_pages(folder: Path) -> None:
    """Their pages are written anew, eight works each: what stood on the last slide was lost."""
    known = load_bibliography(ROOT / "modules" / "references.bib")
    works = {key: known[key] for key in sorted(known)[:9]}
    facts = "\n\n".join(f"Un hecho [@{key}]." for key in works) + "\n\n<!-- Se leen las nueve obras. -->"
    last = "<!-- _class: references -->\n\n# Fuentes"
    deck = build(folder, SLIDER, f"# Nueve obras\n\n{facts}", last, context={**CONTEXT, "references": works})
    assert len(deck.instructor.sections) == 4  # two of references
    scripts = deck.instructor.soup.select("script[data-states-of]")
    assert [script["data-states-of"] for script in scripts] == ["contexto"]
    assert "data-states-of" in scripts[0].find_next_sibling("script").string


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('data-states="contexto"', 'data-states="nada"', 'data-states="nada": nothing recorded these states'),
        ('data-control="slider"', 'data-control="dial"', 'has data-control="dial"; write switch or slider'),
        ('data-label="Contexto en tokens"', "", "has no label"),
        ('data-slot="mib"', 'data-slot="kib"', "have no slot «kib»; use mib"),
    ],
)
def test_what_is_refused(folder: Path, old: str, new: str, told: str) -> None:
    assert old in SLIDER
    with pytest.raises(FindingsError, match=told):
        build(folder, SLIDER.replace(old, new))


def test_the_slide_says_the_default_state(folder: Path) -> None:
    with pytest.raises(FindingsError, match="say «estaban» by default, and the slide «estaba» in the slot «palabra»"):
        build(folder, SWITCH.replace(">estaban<", ">estaba<"))
    other = {**CONTEXT, "metrics": {"contexto/mib": {"text": "9 MiB", "origin": "medido"}}}
    with pytest.raises(FindingsError, match="say «8 MiB» by default, and the slide «9 MiB»"):
        build(folder, SLIDER, context=other)


def test_states_are_few(folder: Path) -> None:
    many = {"labels": ["x" * 300] * 700, "values": {"mib": ["8 MiB"] * 700}, "default": 1}
    with pytest.raises(FindingsError, match="bytes, more than 200000; record fewer states"):
        build(folder, SLIDER, context={**CONTEXT, "states": {"contexto": many}})


def test_the_script_has_no_sign_that_marp_escapes() -> None:
    script = (ROOT / "slides" / "engine" / "controls.js").read_text(encoding="utf-8")
    assert not set("<>&") & set(script)


@pytest.mark.browser
@pytest.mark.slow
def test_with_mouse_and_keys(folder: Path) -> None:
    deck = build(folder, SLIDER, SWITCH)
    shown = """() => {
        const slide = document.querySelector('svg.bespoke-marp-active')
        const frames = [...slide.querySelectorAll('g[data-frame]')].filter((g) => !g.getAttribute('display'))
        const pressed = [...slide.querySelectorAll('button')].map((b) => b.getAttribute('aria-pressed'))
        const output = slide.querySelector('output')
        return [slide.querySelector('[data-slot]').textContent, output ? output.textContent : '',
                ...frames.map((g) => g.dataset.frame), ...pressed]
    }"""
    asked: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(find_browser()), args=list(ARGUMENTS))
        view = chromium.new_page(viewport={"width": 1280, "height": 720})
        view.on("request", lambda request: asked.append(request.url))
        view.goto(deck.instructor.path.resolve().as_uri())
        view.wait_for_selector("svg.bespoke-marp-active")
        seen = [view.evaluate(shown)]
        view.focus(".bespoke-marp-active input")
        for key in ("ArrowRight", "ArrowRight", "Home"):
            view.keyboard.press(key)
            seen.append(view.evaluate(shown))
        view.evaluate("document.activeElement.blur()")
        view.keyboard.press("ArrowRight")  # now it is the presentation's
        seen.append(view.evaluate(shown))
        view.click(".bespoke-marp-active button >> nth=1")
        seen.append(view.evaluate(shown))
        view.keyboard.press("ArrowLeft")
        seen.append(view.evaluate(shown))
        chromium.close()
    assert seen == [
        ["8 MiB", "512", "2"],
        ["64 MiB", "4096", "3"],
        ["64 MiB", "4096", "3"],
        ["1 MiB", "64", "1"],
        ["estaban", "", "true", "false"],
        ["estaba <", "", "false", "true"],
        ["estaban", "", "true", "false"],
    ]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
@pytest.mark.slow
def test_what_paper_shows_passes_the_gate_of_what_one_sees(folder: Path) -> None:
    assert list(page.check(build(folder, SLIDER, SWITCH))) == []
