"""The engine over odd decks: what Marp would show otherwise than meant, publish or lose is named; the rest is shown."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from coursekit.course.decks.build import DeckResult, build_deck
from coursekit.course.decks.deckset import convert
from coursekit.course.decks.html import read_sections
from coursekit.course.decks.text import read_deck
from coursekit.course.finding import FindingsError

ROOT = Path(__file__).parents[3]
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\nmath: mathjax\n{}---\n\n"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def build(deck: Path, body: str, head: str = "", **changes: object) -> DeckResult:
    deck.write_text(HEAD.format(head) + body, encoding="utf-8")
    small = {
        "formats": ("html", "txt"),
        "editions": ("instructor", "student"),
        "route": False,
        "project": ROOT,
    } | changes
    return build_deck(deck, context={}, out=deck.parent / "decks", browser=None, **small)


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck of a course with two pictures; a third lies outside, and a link leads to it."""
    figures = tmp_path / "course" / "slides" / "figures"
    figures.mkdir(parents=True)
    (tmp_path / "course" / "modules").mkdir()
    for path in (figures / "f.png", figures / "100%.png", figures / "dos palabras.png", tmp_path / "secret.png"):
        path.write_bytes(PIXEL)
    (figures / "link.png").symlink_to(tmp_path / "secret.png")
    return figures.parent / "91-prueba.md"


def problems(deck: Path, slides: list[str], head: str = "") -> list[tuple[int, str]]:
    with pytest.raises(FindingsError) as raised:
        build(deck, "\n\n---\n\n".join(slides) + "\n", head)
    assert all(finding.remedy for finding in raised.value.findings)
    return [(finding.number, f"{finding.element}: {finding.problem}") for finding in raised.value.findings]


def check(deck: Path, expected: list[tuple[str, str]], head: str = "") -> None:
    """Each text, on a slide of its own, is named there with what is expected; a sound slide beside it is not."""
    found = problems(deck, ["Está bien: \\$, &#36;, 3 * 4, a@b.es.", *(text for text, _ in expected)], head)
    for number, (text, problem) in enumerate(expected, start=2):
        assert [told for slide, told in found if slide == number and problem in told], (text, problem, found)
    assert {slide for slide, _ in found} == set(range(2, len(expected) + 2)), found


def test_what_would_stand_as_it_was_typed(deck: Path) -> None:
    typed = "stands as it was typed"
    inside = "is Markdown inside HTML"
    check(
        deck,
        [
            (
                '<div class="box">\nEl peso $\\alpha$ es **grande**.\n</div>',
                f"$\\alpha$ es **grande**.»: {inside}",
            ),
            ("<div>\n\nBien.\n\n</div>\n<div>\n- uno\n</div>", f"«- uno»: {inside}"),
            ("<div>\n[@shannon1948]\n</div>", inside),
            ("<table><tr><td>`x`</td></tr></table>", inside),
            ("<div>\n## Título\n</div>", inside),
            ("Cuesta $5 y ya.", f"{typed}: a formula"),
            ("Cita [@shannon1948 tabla 1].", "[@shannon1948 tabla 1]»: stands"),
            ("^ nota de Deckset", f"{typed}: a note of Deckset's"),
            ("Hola.\n^ nota", f"«Hola. ^ nota»: {typed}"),
            ("Nota[^1].", f"{typed}: a footnote"),
            ("Es **grande y", f"{typed}: bold"),
            ("Un :smile: y a las 10:30:15", "«Un :smile: y"),
            ("Un `código", f"{typed}: code"),
            ("![alt](una figura.png)", f"{typed}: a link or an image"),
            ("::: warning", f"{typed}: a fenced div"),
            ("Hola {.grande}", f"{typed}: an attribute"),
            ("| a | b |", f"{typed}: a table"),
            ("#Título", f"{typed}: a heading"),
            ("{{ page.title }}", f"{typed}: a template"),
            ('<span class="a>Hola</span>', typed),
            ("&nada; dos", f"{typed}: an entity"),
            ("```mermaid\ngraph TD\n```", "```mermaid: is shown as code"),
        ],
    )


def test_html_that_is_not_what_it_seems(deck: Path) -> None:
    check(
        deck,
        [
            ("<div>\n\nabierto", "<div>: is not closed on its slide"),
            ("a <b>b <i>c</b></i>", "<i>: is not closed"),
            ("Hola</span>", "</span>: closes nothing"),
            ('<p title="un secreto">Hola</p>', 'title="un secreto">: is text that nobody sees'),
            ("<div>\n<!-- nota -->\n</div>", "is no note, and stands in the file of the students"),
            ('<ol start="99"><li>a</li></ol>', "writes a number that no gate reads"),
            ("99. de cada ciento\n100. más", '<ol start="99">: writes a number that no gate reads'),
            ('<style scoped>h1::after { content: "99 %" }</style>', 'content: "99 %": writes text by a style'),
            ('<div style="counter-reset: a 98">\n\nx\n\n</div>', "counter-reset: a 98"),
        ],
    )


def test_every_file_is_in_the_deck_and_in_the_course(deck: Path) -> None:
    outside, network, asked = (
        "lies outside the course",
        "is fetched from the network",
        "is fetched when the deck is shown",
    )
    check(
        deck,
        [
            ("<!-- _backgroundImage: url(figures/no.png) -->", "figures/no.png: no such image"),
            ("<img alt='x' src='figures/no.png'>", "figures/no.png: no such image"),
            ("<img alt=x src=figures/no.png>", "figures/no.png: no such image"),
            ("<style scoped>h1 { background: url('no.png') }</style>", "no.png: no such image"),
            ("<style>@import 'x.css';</style>", "@import: is fetched"),
            ('<div style="background: url(no.png)">\n\nx\n\n</div>', "no.png: no such image"),
            ('<video poster="no.png"></video>', "no.png: no such image"),
            ('<img alt="x" src="figures/f.png" srcset="a.png 2x">', "<img srcset>: is not embedded"),
            ('<img alt="x" src="../../secret.png">', f"../../secret.png: {outside}"),
            ("![x](%2e%2e/%2e%2e/secret.png)", outside),
            ("![x](figures/link.png)", f"figures/link.png: {outside}"),
            (f"![x]({deck.parents[2]}/secret.png)", outside),
            (f'<img alt="x" src="file://{deck.parents[2]}/secret.png">', "is no path"),
            ("<img alt='x' src='//example.org/a.png'>", network),
            ('<iframe src="https://example.org"></iframe>', asked),
            ('<script src="x.js"></script>', asked),
            ('<link rel="stylesheet" href="x.css">', asked),
            ('<object data="x.svg"></object>', asked),
        ],
    )
    told = problems(deck, ["# Uno"], "style: 'h1 { background: url(no.png) }'\nfooter: '![](figures/f.png)'\n")
    assert [problem for _, problem in told] == [
        "style: …: asks for a file",
        "footer: ![](figures/f.png): has an image that is not embedded",
    ]


def test_a_comment_is_a_note_or_holds_directives_of_its_slide(deck: Path) -> None:
    check(
        deck,
        [
            ("<!-- footer: no digáis el sueldo de Ana -->", "footer: … -->: is no note but a directive"),
            ("<!-- class: dark -->", "is no note but a directive"),
            ("<!-- theme: gaia -->", "is no note but a directive"),
            ("<!-- title: el sueldo de Ana -->", "is no note but a directive"),
            ("<!-- _minuts: 2 -->", "_minuts: … -->: is no directive: did you mean _minutes?"),
            ("<!-- _class: claim\n_minuts: 2 -->", "_minuts: … -->: is no directive: did you mean _minutes?"),
            ("<!-- _class: claim\nOjo: esto es una nota -->", "Ojo: … -->: mixes directives and text"),
            ("<!-- Ojo: esto es una nota\nfooter: y esto -->", "Ojo: … -->: mixes directives and text"),
            ("<!-- _footer: a: b: c\n- d -->", "is not valid YAML"),
            ("<!-- _class: clam -->", "_class: clam: is not in the theme: did you mean claim?"),
            ("<!-- _class: [claim, invert] -->", "_class: invert: is not in the theme"),
        ],
    )
    assert (
        "<!-- una nota: is a comment that does not end" in [p for _, p in problems(deck, ["# Uno", "<!-- una nota"])][0]
    )
    told = problems(deck, ["# Uno"], "minuts: 3\nclass: lead\n")
    assert [problem.partition(",")[0] for _, problem in told] == [
        "minuts: …: is no key of the front matter: did you mean minutes?",
        "class: lead: is a kind of slide",
    ]


FINE = """# Uno 🤖 y ▁ → ≤

<img alt='a' src='figures/100%.png'> <img alt="a" src="figures/100%25.png"> ![a](<figures/dos palabras.png>)

Un precio: \\$5, &#36; y `$x` y $x$.

- lista
---

> cita
---

## Final
---

# Dos

<!-- _class: claim dark
_footer: "Solo aquí"
_backgroundImage: "url('figures/f.png')" -->

<style scoped>h1 { background: url("figures/f.png") } h1::after { content: "" }</style>

![bg left:40%](figures/f.png)

<!-- Pregunta: ¿qué? Y una nota. -->

***

# Tres

<div class="columns" style="background: url(figures/f.png)">
<div>

**Bien** [enlace](#1)

</div>
<div><svg viewBox="0 0 1 1"><path d="M0 0"/></svg></div>
</div>

<video src=figures/f.png poster=figures/f.png></video>

<pre>
$a * **b** [@c]
</pre>
"""


def test_what_is_meant_is_shown_and_nothing_is_asked_for(deck: Path) -> None:
    built = build(deck, FINE, "headingDivider: 6\nbackgroundImage: url(figures/f.png)\nclass: dark\n")
    slides = read_sections(BeautifulSoup(built.bare.read_text(encoding="utf-8"), "lxml"))
    assert [slide.number for slide in slides] == list(range(1, len(slides) + 1))
    texts = read_deck(deck).slides
    assert [slide.title for slide in slides] == [slide.title for slide in texts]
    assert [slide.title for slide in slides if slide.title] == ["Uno 🤖 y ▁ → ≤", "Final", "Dos", "Tres"]
    for path in built.paths:
        if path.suffix == ".html":
            page = path.read_text(encoding="utf-8")
            asked = re.findall(r"""(?:\s(?:src|poster)=["']?|url\((?:&quot;|["'])?+)(?!data:|#)([^"'\s>)]+)""", page)
            assert asked == []
            footers = [s.title for s in read_sections(BeautifulSoup(page, "lxml")) if s.tag.select_one("footer")]
            assert footers == ["Dos"]
            assert ("Y una nota" in page) is (path.parent.name == "instructor")
            for family in ("DejaVu Sans Signs", "Noto Emoji"):
                assert re.search(rf'@font-face\s*\{{\s*font-family:\s*"{family}"', page)


def test_a_deck_without_signs_takes_no_more_fonts(deck: Path) -> None:
    page = build(deck, "# Año\n", editions=()).bare.read_text(encoding="utf-8")
    assert not re.search(r'font-family:\s*"Noto Emoji"', page.split("</style>")[0].replace("--sans", ""))


def test_a_note_of_deckset_reaches_the_presenter_and_nobody_else(deck: Path) -> None:
    body = convert(
        "# Suma\n\nHola.\n\n^ footer: no digáis\nel sueldo de Ana\n\n---\n\n# Dos\n\n^ _class: lead, --> y más\n"
    )
    built = build(deck, body)
    pages = {path.parent.name + path.suffix: path.read_text(encoding="utf-8") for path in built.paths}
    assert "el sueldo de Ana" not in pages["student.html"]
    assert "no digáis" not in pages["student.html"]
    notes = pages["instructor.txt"]
    assert "footer: no digáis\nel sueldo de Ana" in notes
    assert "_class: lead, –> y más" in notes
    assert "sueldo" not in built.bare.read_text(encoding="utf-8")


@pytest.mark.parametrize("tex", ["\\softmax(\\alpha)", "\\begin{nada} x \\end{nada}", "\\frac{a"])
def test_tex_that_mathjax_does_not_know(deck: Path, tex: str) -> None:
    told = problems(deck, ["# Uno\n\n$\\color{red}{\\text{rojo}}$", f"# Dos\n\nEl peso ${tex}$."])
    assert [number for number, _ in told] == [2]
    assert told[0][1].startswith("formula")


@pytest.mark.parametrize("value", ["false", "no", '"true"', "1"])
def test_a_deck_that_is_not_for_marp(deck: Path, value: str) -> None:
    deck.write_text(f"---\nmarp: {value}\ntheme: coursekit\n---\n\n# Uno\n", encoding="utf-8")
    with pytest.raises(FindingsError, match='marp: is .*; write "marp: true"'):
        read_deck(deck)
