"""The gate of the glyphs: what the theme's fonts do not hold is named, on slides and in figures."""

import base64
import io
import shutil
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


def test_boxes_in_figures_are_named(tmp_path: Path) -> None:
    by_hand = '<svg xmlns="http://www.w3.org/2000/svg"><text>día 你</text></svg>'
    assert named(tmp_path, image(figure("El robot 🤖")), image(figure("El robot α → é")), image(by_hand)) == [
        (1, "«🤖» (U+1F916) in the figure «Una figura»"),
        (3, "«你» (U+4F60) in the figure «Una figura»"),
    ]


@pytest.mark.browser
@pytest.mark.slow
def test_the_ranges_of_the_theme_are_what_its_fonts_hold(tmp_path: Path) -> None:
    """A browser that has nothing but one face draws with it all signs of its range, and no other."""
    theme = Path(glyphs.checkout()) / "slides" / "theme"
    shutil.copytree(theme / "fonts", tmp_path / "fonts")
    faces = "".join((theme / name).read_text(encoding="utf-8") for name in ("fonts.css", "signs.css"))
    signs = "".join(map(chr, sorted({s for stack in ("--sans", "--mono") for s in glyphs._covered(stack)} - {13})))
    css = (theme / "coursekit.css").read_text(encoding="utf-8")
    for stack in ("--sans", "--mono"):
        held = [s for s in signs if ord(s) in glyphs._covered(stack) and not glyphs._has_no_glyph(s)]
        families = css.split(f"{stack}: ")[1].split(', "Segoe')[0].split(', "Cascadia')[0]
        page = tmp_path / "a.html"
        page.write_text(
            f"<meta charset=utf-8><style>{faces}</style><p style='font-family: {families}'>{escape(''.join(held))}</p>",
            encoding="utf-8",
        )
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
        assert [font["familyName"] for font in fonts if not font["isCustomFont"]] == []
