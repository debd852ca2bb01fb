"""The gate of a built deck: the demo passes; every planted fault is found."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy
import pytest
from plaindeck import plain_deck

from coursekit.course.bibliography import load_bibliography
from coursekit.course.browser import find_browser
from coursekit.course.decks.build import build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import minutes, notes, numbers
from coursekit.course.decks.gates import page as page_gate
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, Mark
from coursekit.notebook.drawing import Drawing, text
from coursekit.notebook.plotting import use_course_style

FIXTURES = Path(__file__).parents[2] / "fixtures_decks"
CONTEXT = {
    "metrics": {"copy/accuracy": "99,8 %"},
    "claims": {"copy-paper": "100 %", "bleu-base": "27,3"},
    "references": load_bibliography(FIXTURES / "references.bib"),
    "source_roots": [FIXTURES],
}
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\nminutes: 60\n---\n\n"
SLIDES = {
    "overflow below": "\n\n".join(f"- Línea {n}" for n in "abcdefghijklmnop"),
    "overflow right": '<div style="width: 1400px">Ancho</div>',
    "wide table": '<div class="columns">\n<div>\n\n| a |\n|---|\n| '
    + "x" * 90
    + " |\n\n</div>\n<div>\n\nb\n\n</div>\n</div>",
    "section": '<div style="position: absolute; top: 690px; height: 90px">Fuera</div>',
    "wide code": "```text\n" + "palabra " * 20 + "\n```",
    "on top": 'Texto\n\n<div style="margin-top: -60px">Encima</div>',
    "small": '<p style="font-size: 11px">Menudo</p>',
    "shrunk": '<p style="transform: scale(0.4)">Encogido</p>',
    "drawn": '<svg role="img" aria-label="a" width="9" viewBox="0 0 18 9"><text font-size="20">a</text></svg>',
    "wide formula": "$$ " + "a + " * 150 + "b $$",
    "small formula": '<div style="font-size: 12px">\n\n$x^2$\n\n</div>',
    "pale": '<p style="color: #d0d0d0">Pálido</p>',
    "no name": '<a href="#1"></a>',
    "no alt": "![](copia.svg)",
    "broken image": '<img alt="rota" src="data:image/png;base64,AAAA">',
    "small letters in a figure": "![Una curva con una leyenda menuda](menuda.svg)",
    "small letters by hand": "![Un dibujo con un rótulo menudo](dibujo.svg)",
    "small style by hand": "![Otro dibujo con un rótulo menudo](estilo.svg)",
    "small drawing": "![dibujo w:600](una.svg)",
    "small frames": "![viñetas w:600](crece.svg)",
    "frames in few words": "![Crece una fila](crece.svg)",
    "few words": "![Una curva](copia.svg)",
    "blurred": "![w:300](pixel.png)",
    "blurred background": "![bg una imagen de seis palabras justas](pixel.png)",
    "background": "![bg](ancha.png)",
    "display": '<p style="display: none">Secreto</p>',
    "hidden": "<p hidden>Secreto</p>",
    "visibility": '<p>Se ve <span style="visibility: hidden">y esto no</span></p>',
    "opacity": '<div style="opacity: 0">\n\nSecreto\n\n</div>',
    "transparent": '<p style="color: transparent">Secreto</p>',
    "moved away": '<p style="position: absolute; left: -9999px">Secreto</p>',
    "clipped": '<p style="position: absolute; width: 1px; height: 1px; overflow: hidden">Secreto</p>',
    "closed": "<details><summary>Más</summary><p>Secreto</p></details>",
    "placed over words": 'Texto\n\n<div style="position: absolute; top: 150px; left: 76px">Encima</div>',
    "painted over": 'Texto\n\n<div style="position: absolute; top: 150px; left: 70px; width: 90px; height: 60px; '
    'background: #fcfbf8"></div>',
    "moved over": 'Texto\n\n<p style="position: relative; top: -50px">Encima</p>',
    "turned over": 'Texto\n\n<p style="transform: translateY(-60px)">Encima</p>',
    "struck": '<p style="text-decoration: line-through">Tachado</p>',
    "colour": "<!-- _color: rojo -->\n\nTexto",
    "sound": "~~Tachado~~ ![h:200 Una imagen con sus seis palabras](ancha.png)\n\n"
    '<p style="position: relative; top: 4px">Debajo</p>\n\n<div style="position: absolute; top: 500px">Aparte</div>',
    "sound background": "![bg right:40% decorativa](ancha.png)\n\nTexto",
    "network": '<script>fetch("http://127.0.0.1:9/x.css").catch(() => 0)</script>',
    "own file": '<script>document.body.append(Object.assign(new Image(), { src: "no.png", alt: "x" }))</script>',
    "console": '<script>throw new Error("se rompe")</script>',
}


def findings(deck: BuiltDeck) -> list[Finding]:
    """Of the gates of what one sees, of notes and of minutes."""
    return [finding for gate in (page_gate.check, notes.check, minutes.check) for finding in gate(deck)]


def figure_with_letters(points: float) -> str:
    """A figure as notebooks record it, 576 points wide, with a note in small letters."""
    drawn = io.StringIO()
    with matplotlib.rc_context():
        use_course_style()
        figure, axes = plt.subplots(figsize=(8, 2))
        axes.annotate("nota menuda", (0, 0), fontsize=points)
        figure.savefig(drawn, format="svg")
        plt.close(figure)
    return drawn.getvalue()


@pytest.fixture(scope="module")
def browser() -> Path:
    found = find_browser()
    assert found, "these tests need Chromium"
    return found


@pytest.fixture(scope="module")
def planted(browser: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    folder = tmp_path_factory.mktemp("planted")
    letters = {"dibujo": 'font-size="1.2"', "estilo": 'style="font-size: 1.3px"'}
    for name, size in letters.items():
        label = f'<text {size} y="9">rótulo</text>'  # the slide shows it 1128 px wide: ten times as large
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 112.8 20">{label}</svg>'
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    for name, size in {"pixel": (100, 60), "ancha": (1300, 740)}.items():
        plt.imsave(folder / f"{name}.png", numpy.ones((size[1], size[0], 3)))
    for name in ("una", "crece"):
        drawing = Drawing(200, title=name, alt="Un rótulo y quizá otro más debajo.")
        drawing.add(text("rótulo", 500, 50, size=20))
        if name == "crece":
            drawing.next_frame()
            drawing.add(text("segundo", 500, 150, size=24))
        (folder / f"{name}.svg").write_text(drawing.svg, encoding="utf-8")
    (folder / "menuda.svg").write_text(figure_with_letters(6.2), encoding="utf-8")
    (folder / "copia.svg").write_bytes((FIXTURES / "figures" / "copia.svg").read_bytes())
    body = "\n\n---\n\n".join(
        f"# {title}\n\n{shown}\n\n<!-- Una nota de cinco palabras. -->" for title, shown in SLIDES.items()
    )
    (folder / "92-faltas.md").write_text(HEAD + body + "\n", encoding="utf-8")
    small = {"formats": ("html",), "editions": (), "route": False}
    build_deck(folder / "92-faltas.md", context={}, out=folder / "decks", browser=None, **small)
    return findings(BuiltDeck("92-faltas", folder / "decks"))


@pytest.mark.browser
@pytest.mark.slow
def test_the_demo_deck_passes_every_gate(browser: Path, tmp_path: Path) -> None:
    small = {"formats": ("html",), "editions": (), "route": False}
    build_deck(FIXTURES / "90-demo.md", context=CONTEXT, out=tmp_path / "decks", browser=None, **small)
    deck = BuiltDeck("90-demo", tmp_path / "decks")
    assert findings(deck) == []
    assert [finding for finding in numbers.check(deck) if not isinstance(finding, Mark)] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("overflow below", "runs out of the slide"),
        ("overflow right", "runs out of the slide"),
        ("wide table", "is wider than its place"),
        ("section", "is larger than the slide"),
        ("wide code", "is wider than its place"),
        ("on top", "lies over"),
        ("small", "text of 11.0 px"),
        ("shrunk", "text of 12.0 px"),
        ("drawn", "text of 10.0 px"),
        ("small formula", "formula of 12.0 px"),
        ("wide formula", "formula of "),
        ("pale", "color-contrast: Element has insufficient color contrast"),
        ("no name", "link-name: "),
        ("no alt", "has no alternative text"),
        ("broken image", "does not show"),
        ("few words", "its alternative text has 2 words"),
        ("blurred", "is blurred: 100 pixels are shown 300 wide"),
        ("blurred background", "is blurred: 100 pixels are shown 1280 wide"),
        ("background", "its alternative text has 0 words"),
        ("display", "is hidden text"),
        ("hidden", "is hidden text"),
        ("visibility", "is hidden text"),
        ("opacity", "is hidden text"),
        ("transparent", "is hidden text"),
        ("moved away", "is hidden text"),
        ("clipped", "is hidden text"),
        ("closed", "is hidden text"),
        ("placed over words", "lies over p «Texto»"),
        ("painted over", "lies over p «Texto»"),
        ("moved over", "lies over p «Texto»"),
        ("turned over", "lies over p «Texto»"),
        ("struck", "is struck out by a style"),
        ("colour", "_color: rojo: is no colour"),
        ("small letters in a figure", "text of 12.1 px in it, «nota menuda»"),  # 6.2 · 1128 / 576
        ("small drawing", "text of 10.6 px in it, «rótulo»"),  # 20 · 600 / 1128
        ("small frames", "text of 10.6 px in it, «rótulo»"),
        ("frames in few words", "its alternative text has 3 words"),
        ("small letters by hand", "text of 12.0 px in it, «rótulo»"),
        ("small style by hand", "text of 13.0 px in it, «rótulo»"),
    ],
)
def test_each_planted_fault_is_found_on_its_slide(planted: list[Finding], title: str, problem: str) -> None:
    found = [finding for finding in planted if problem in finding.problem]
    assert [finding for finding in found if finding.title == title and finding.remedy], planted


@pytest.mark.browser
@pytest.mark.slow
def test_faults_are_found_on_no_other_slide(planted: list[Finding]) -> None:
    sound = {"network", "console", "sound", "sound background", "own file"}
    assert not [finding for finding in planted if finding.title in sound and finding.element != "_minutes"]
    assert len([finding for finding in planted if "color-contrast" in finding.problem]) == 1
    assert not [finding for finding in planted if "svg-img-alt" in finding.problem]  # formulas are read as TeX


@pytest.mark.browser
@pytest.mark.slow
def test_in_the_second_edition_figures_and_code_are_larger(browser: Path, tmp_path: Path) -> None:
    drawing = Drawing(200, title="una", alt="Un rótulo y quizá otro más debajo.")
    drawing.add(text("rótulo", 500, 50, size=20))
    (tmp_path / "una.svg").write_text(drawing.svg, encoding="utf-8")
    (tmp_path / "figura.svg").write_text(figure_with_letters(10), encoding="utf-8")  # 10 · 1128 / 576 = 19.6
    slides = [
        "![dibujo w:1120](una.svg)",  # 20 · 1120 / 1128 = 19.9
        "![dibujo](una.svg)",
        "![Una curva con una nota menuda](figura.svg)",
        '<pre style="font-size: 21px">x = 1</pre>',
        "```text\nx = 1\n```",
        '<div class="source">Una fuente</div>',
    ]
    body = "\n\n---\n\n".join(f"# A\n\n{slide}" for slide in slides)
    for edition, told in (
        ("edition: 2\n", {1: "text of 19.9 px", 3: "text of 19.6 px", 4: "text of 21.0 px"}),
        ("", {}),
    ):
        (tmp_path / "93-dos.md").write_text(HEAD.replace("minutes", f"{edition}minutes") + body, encoding="utf-8")
        small = {"formats": ("html",), "editions": (), "route": False}
        build_deck(tmp_path / "93-dos.md", context={}, out=tmp_path / "decks", browser=None, **small)
        found = {f.number: f.problem[:15] for f in page_gate.check(BuiltDeck("93-dos", tmp_path / "decks"))}
        assert found == told


@pytest.mark.browser
@pytest.mark.slow
def test_requests_and_console_errors_are_found(planted: list[Finding]) -> None:
    assert [f.element for f in planted if f.problem == "is fetched from the network"] == ["http://127.0.0.1:9/x.css"]
    assert [f.element[-6:] for f in planted if f.problem == "is no part of the deck"] == ["no.png"]
    assert any("se rompe" in f.problem for f in planted if f.element == "console")


def test_without_axe_core_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_gate, "checkout", lambda: tmp_path / "package")
    page = tmp_path / "course" / "build" / "check" / "decks" / "a.html"
    with pytest.raises(CourseError, match="axe-core is not installed: run `npm ci`"):
        page_gate._axe_core(page)
    for folder in ("package", "course"):  # the course's own comes first
        axe = tmp_path / folder / "node_modules" / "axe-core" / "axe.min.js"
        axe.parent.mkdir(parents=True)
        axe.touch()
        assert page_gate._axe_core(page) == axe


def test_of_a_layered_slide_only_the_text_counts(tmp_path: Path) -> None:
    layers = "".join(
        f'<section data-slide="1" data-marpit-advanced-background="{layer}"></section>'
        for layer in ("background", "content", "pseudo")
    )
    assert len(plain_deck(tmp_path, layers).page.sections) == 1


class FakePage:
    """A page that asks for two addresses, complains, and in which each of the two scripts finds one thing."""

    def __init__(self):
        self.listeners, self.said = {}, [[{"slide": 1}], None, [{"slide": 2}]]

    def on(self, event, listener):
        self.listeners[event] = listener

    def route(self, matches, handler):
        self.stopped = matches

    def set_default_timeout(self, milliseconds):
        pass

    def goto(self, address):
        for url in ("file:///a.css", "https://a.b/c.js"):
            self.listeners["request"](SimpleNamespace(url=url))
        for kind, said in (("error", "broken"), ("log", "hello"), ("error", "net::ERR_FAILED")):
            self.listeners["console"](SimpleNamespace(type=kind, text=said))
        self.listeners["pageerror"](ValueError("no x"))

    def evaluate(self, script, argument=None):
        return None if script == "document.fonts.ready" else self.said.pop(0)


@pytest.mark.parametrize(("url", "stopped"), [("https://a.b/c", True), ("http://a.b", True), ("file:///a.css", False),
                                              ("data:image/png;base64,x", False), ("blob:x", False)])  # fmt: skip
def test_what_is_seen_in_a_browser_is_all_told_and_nothing_leaves_the_machine(tmp_path, monkeypatch, url, stopped):
    page, closed = FakePage(), []
    chromium = SimpleNamespace(new_page=lambda **options: page, close=lambda: closed.append(True))
    started = SimpleNamespace(chromium=SimpleNamespace(launch=lambda **options: chromium))
    monkeypatch.setattr(page_gate, "sync_playwright", lambda: nullcontext(started))
    monkeypatch.setattr(page_gate, "checkout", lambda: tmp_path)
    axe = tmp_path / "node_modules" / "axe-core" / "axe.min.js"
    axe.parent.mkdir(parents=True)
    axe.write_text("")
    seen, requests, errors = page_gate._look(tmp_path / "x.html", Path("browser"))
    assert seen == [{"slide": 1}, {"slide": 2}]
    assert requests == ["file:///a.css", "https://a.b/c.js"]  # a built deck asks for nothing, not even beside it
    assert errors == ["broken", "no x"]  # what was stopped is told as a request
    assert closed == [True]
    assert page.stopped(url) is stopped
