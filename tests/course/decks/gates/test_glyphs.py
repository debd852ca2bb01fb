"""The gate of the glyphs: what the theme's fonts do not hold is named, on slides and in figures."""

import base64
import io
import re
import shutil
import unicodedata
import warnings
from html import escape
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from plaindeck import plain_deck
from playwright.sync_api import sync_playwright

from coursekit.course.browser import ARGUMENTS, find_browser
from coursekit.course.decks.gates import glyphs
from coursekit.notebook.plotting import use_course_style


def named(folder: Path, *slides: str) -> list[tuple[int, str]]:
    sections = [f'<section data-slide="{i}"><h1>a</h1>{slide}</section>' for i, slide in enumerate(slides, 1)]
    return [(finding.number, finding.element) for finding in glyphs.check(plain_deck(folder, *sections))]


def image(svg: str) -> str:
    return f'<img alt="Una figura" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


def figure(words: str) -> str:
    drawn = io.StringIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        use_course_style()
        plt.figure().text(0.1, 0.5, words)
        plt.savefig(drawn, format="svg")
        plt.close()
    return drawn.getvalue()


def test_signs_of_no_font_are_named_with_their_slide(tmp_path: Path) -> None:
    assert named(
        tmp_path,
        "<p>Añ «ß» → ≤ 10⁻⁵ ▁ α я 🤖👩\u200d🔬 a\u202fb\u2011c</p><pre><code>x ▁ → é λ 🤖</code></pre>",
        "<p>El robot 你好 y 𓀀.</p>",
        "<p>a</p><code>你</code><script>你</script><!-- 你 -->",
    ) == [(2, "«你» (U+4F60)"), (2, "«好» (U+597D)"), (2, "«𓀀» (U+13000)"), (3, "«你» (U+4F60)")]


def test_what_mathjax_does_not_draw_is_named(tmp_path: Path) -> None:
    drawn = '<mjx-container><svg aria-label="x"><path/>{}</svg></mjx-container>'
    slide = '<section data-slide="1"><h1>A</h1>{}</section>'
    deck = plain_deck(tmp_path, slide.format(drawn.format('<text font-family="serif">¿</text>')))
    (problem,) = [str(finding) for finding in glyphs.check(deck)]
    assert "«¿» (U+00BF) in a formula: is in no font of the formulas" in problem
    assert list(glyphs.check(plain_deck(tmp_path, slide.format(drawn.format(""))))) == []


def test_boxes_in_figures_are_named(tmp_path: Path) -> None:
    by_hand = '<svg xmlns="http://www.w3.org/2000/svg"><text>día 你</text></svg>'
    assert named(tmp_path, image(figure("El robot 🤖")), image(figure("El robot α → é")), image(by_hand)) == [
        (1, "«🤖» (U+1F916) in the figure «Una figura»"),
        (3, "«你» (U+4F60) in the figure «Una figura»"),
    ]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("stack", ["--sans", "--mono"])
def test_every_sign_of_the_ranges_is_drawn_with_the_themes_own_fonts(tmp_path: Path, stack: str) -> None:
    theme = glyphs.checkout() / "slides" / "theme"
    shutil.copytree(theme / "fonts", tmp_path / "fonts")
    css, *faces = ((theme / name).read_text(encoding="utf-8") for name in ("coursekit.css", "fonts.css", "signs.css"))
    own = re.match(r'(?:"[^"]+", )+?(?="(?:Segoe|Cascadia))', css.partition(f"{stack}: ")[2])[0].rstrip(", ")
    held = [sign for sign in map(chr, sorted(glyphs._covered(stack))) if not unicodedata.combining(sign)]
    words = escape("".join(sign for sign in held if not glyphs._has_no_glyph(sign)))
    page = tmp_path / "a.html"
    style = f"<meta charset=utf-8><style>{''.join(faces)}</style>"
    page.write_text(f"{style}<p style='font-family: {own}'>{words}</p>", encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(find_browser()), args=list(ARGUMENTS))
        tab = chromium.new_page()
        tab.goto(page.as_uri())
        tab.evaluate("document.fonts.ready")
        session = tab.context.new_cdp_session(tab)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        chromium.close()
    assert len(fonts) >= 3
    assert [font["familyName"] for font in fonts if not font["isCustomFont"]] == []
